import type { RunAnswer, RunContext } from '../core/connector.js';

/** The result of `add`. */
export interface Added<TMessage> {
  /**
   * `added`: the store has the message. `duplicate`: a message with this key is already held. `dropped`: the outbox is
   * full, and `onFull` is `'drop-newest'`.
   */
  readonly status: 'added' | 'duplicate' | 'dropped';
  /**
   * The key of the message: its own by the option `key`, or the generated one; empty if the message was dropped and
   * there is no option `key`.
   */
  readonly key: string;
  /** The messages that were dropped to make room, with `'drop-oldest'`. */
  readonly displaced: readonly TMessage[];
}

/** Counts of an outbox; all except the first four are totals since its creation. */
export interface OutboxStats {
  /** Number of held messages, which are not acknowledged yet; 0 until `ready` has loaded those of the store. */
  readonly items: number;
  /** Size of the held messages in bytes, by `sizeOf`. */
  readonly bytes: number;
  /** Number of messages that were sent in this session and are not acknowledged. */
  readonly inFlight: number;
  /** Number of `add` calls that wait for room. */
  readonly waiting: number;
  /** Messages that `add` has taken. */
  readonly added: number;
  /** Number of messages refused because their key is already held. */
  readonly duplicates: number;
  /** Number of messages dropped by `onFull`, old or new. */
  readonly dropped: number;
  /** Number of `add` calls rejected because the outbox was full. */
  readonly rejected: number;
  /** Number of `send` calls. */
  readonly sent: number;
  /** Number of `send` calls for a message that this process had sent before. */
  readonly resent: number;
  /** Messages that the peer has acknowledged. */
  readonly acknowledged: number;
  /** Number of messages that `onSendError` removed, by `'skip'`. */
  readonly setAside: number;
  /** Number of failed calls of the store. */
  readonly storeFailures: number;
}

/** The `run` of a connector. */
export type ServeRun<TConnection, TOutput> = (
  connection: TConnection,
  session: RunContext,
) => RunAnswer<TOutput>;

/** Keeps messages until they are acknowledged, over any number of connections, one at a time. */
export interface Outbox<TMessage, TConnection> {
  /**
   * Adds a message; resolves when the store has it. Messages stay in the order of the calls. Do not change the message
   * afterwards. The promise need not be awaited: it never causes an unhandled rejection.
   *
   * @param options.signal aborts the wait for `load` of the store, and for room
   * @throws InvalidOptionError from the call itself, when the message has no size or no key, or is larger than
   * `maxBytes`. The promise rejects with OutboxFullError, OutboxClosedError, OutboxStoreError, or the signal's reason
   */
  add(message: TMessage, options?: { readonly signal?: AbortSignal }): Promise<Added<TMessage>>;
  /**
   * Acknowledges the message with this key, and with `ack: 'cumulative'` all earlier ones, too: call it for each answer
   * of the peer, even a late one. Returns false if no such message is held: it was already acknowledged or dropped, it
   * is not loaded yet (see `ready`), or the outbox was closed.
   */
  ack(key: string | number): boolean;
  /**
   * Creates the `run` of a connector: it sends the held messages on each session's connection, while your `run` reads
   * the peer's acknowledgements. Without an argument it sends until the session must end. When a message cannot be
   * sent, the session ends at once with that error, which is also the abort reason of your `run`'s signal.
   */
  serve<TOutput = never>(run?: ServeRun<TConnection, TOutput>): ServeRun<TConnection, TOutput>;
  /**
   * Sends the held messages in order, then new ones, until the signal is aborted or the outbox is closed: like `serve`,
   * without a connector.
   *
   * @throws what `send` threw; AckTimeoutError; OutboxBusyError, when another call is still running; OutboxStoreError,
   * when the store cannot be loaded
   */
  deliver(connection: TConnection, options: { readonly signal: AbortSignal }): Promise<void>;
  /**
   * Resolves when no message is held, no `add` waits for room, and the store has removed all acknowledged messages.
   *
   * @throws the signal's reason; OutboxClosedError, when the outbox is closed before; OutboxStoreError
   */
  drained(options?: { readonly signal?: AbortSignal }): Promise<void>;
  /**
   * Loads the messages that the store has kept. `add`, `deliver`, `drained` and the `run` of `serve` call it first.
   * `ack` and `stats` do not: until the messages are loaded, `ack` returns false and `stats().items` is 0. After a
   * failure the next call loads again.
   *
   * @throws OutboxStoreError
   */
  ready(): Promise<void>;
  /** Counts of the outbox, as they are now. */
  stats(): OutboxStats;
  /**
   * Stops taking and sending messages, and closes the store, in which the held messages stay.
   *
   * @throws OutboxStoreError when the store has not removed some acknowledged messages, which are then sent once more
   * after a restart, or when it could not be closed
   */
  close(): Promise<void>;
}
