/** A message in an outbox, as a store keeps it. */
export interface OutboxItem<TMessage> {
  /** The message's position: greater than that of every earlier message, and not reused while any message is kept. */
  readonly seq: number;
  /** The name of the message, unique among those that are held. */
  readonly key: string;
  /** The message itself. */
  readonly message: TMessage;
}

/**
 * Stores the messages of an outbox. Users may implement it themselves. An outbox calls one method at a time, except
 * after a timeout. A store belongs to one outbox.
 */
export interface OutboxStore<TMessage> {
  /**
   * Returns all items that were appended and not removed, in the order of `seq`; called first, and again after a
   * failure.
   */
  load(): Iterable<OutboxItem<TMessage>> | PromiseLike<Iterable<OutboxItem<TMessage>>>;
  /** Stores all the items or none. They count as stored when the call has returned, or its promise has resolved. */
  append(items: readonly OutboxItem<TMessage>[]): unknown;
  /** Removes the items with these `seq`; unknown ones are ignored. */
  remove(seqs: readonly number[]): unknown;
  /** Closes the store; called last. */
  close(): unknown;
}
