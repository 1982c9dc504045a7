/** A message in an outbox, as a store keeps it. */
export interface OutboxItem<TMessage> {
  /** Its place: greater than that of every message before it, and never used again while one is kept. */
  readonly seq: number;
  /** The name of the message, unique among those that are held. */
  readonly key: string;
  /** The message itself. */
  readonly message: TMessage;
}

/**
 * Where an outbox keeps its messages: anybody may write one. An outbox calls one method at a time, unless it was late.
 * A store belongs to one outbox.
 */
export interface OutboxStore<TMessage> {
  /** All that was appended and not removed, in the order of `seq`; called first, and again if it failed. */
  load(): Iterable<OutboxItem<TMessage>> | PromiseLike<Iterable<OutboxItem<TMessage>>>;
  /** Keeps the items, all or none; they count as kept when this settles. */
  append(items: readonly OutboxItem<TMessage>[]): unknown;
  /** Forgets the items with these `seq`; of those it does not have, too. */
  remove(seqs: readonly number[]): unknown;
  /** Called last; nothing is called after it. */
  close(): unknown;
}
