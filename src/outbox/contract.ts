import type { RunAnswer, RunContext } from '../core/connector.js';

/** What `add` has done. */
export interface Added<TMessage> {
  /**
   * `added`: the store has it. `duplicate`: a message of this key is held already. `dropped`: the outbox is full, and
   * `onFull` is `'drop-newest'`.
   */
  readonly status: 'added' | 'duplicate' | 'dropped';
  /** The key of the message: its own, or the one it got. */
  readonly key: string;
  /** What was dropped to make room, with `'drop-oldest'`. */
  readonly displaced: readonly TMessage[];
}

/** Counts of an outbox; all but the first four since it was made. */
export interface OutboxStats {
  /** Messages that are held: not acknowledged yet. */
  readonly items: number;
  /** Bytes that are held, by `sizeOf`. */
  readonly bytes: number;
  /** Messages that were sent in this session and are not acknowledged. */
  readonly inFlight: number;
  /** Calls of `add` that wait for room. */
  readonly waiting: number;
  /** Messages that `add` has taken. */
  readonly added: number;
  /** Messages not taken, their key being held. */
  readonly duplicates: number;
  /** Messages dropped by `onFull`, old or new. */
  readonly dropped: number;
  /** Calls of `add` that rejected because the outbox was full. */
  readonly rejected: number;
  /** Calls of `send`. */
  readonly sent: number;
  /** Those of them for a message that had been sent before, in this process. */
  readonly resent: number;
  /** Messages that the peer has acknowledged. */
  readonly acknowledged: number;
  /** Messages set aside by `onSendError`. */
  readonly setAside: number;
  /** Calls of the store that failed. */
  readonly storeFailures: number;
}

/** The `run` of a connector. */
export type ServeRun<TConnection, TOutput> = (
  connection: TConnection,
  session: RunContext,
) => RunAnswer<TOutput>;

/** Messages that are kept until they are acknowledged, over any number of connections, one at a time. */
export interface Outbox<TMessage, TConnection> {
  /**
   * Takes a message; resolves when the store has it. Order is that of the calls. Do not change the message afterwards. A
   * promise that is not awaited is never an unhandled rejection.
   *
   * @param options.signal ends the wait for room
   * @throws InvalidOptionError at once, when the message cannot be measured, has no key, or alone is more than `maxBytes`;
   *   as a rejection OutboxFullError, OutboxClosedError, OutboxStoreError, or the signal's reason
   */
  add(message: TMessage, options?: { readonly signal?: AbortSignal }): Promise<Added<TMessage>>;
  /**
   * Acknowledges the message of this key, with `ack: 'cumulative'` all before it, too: for an answer of the peer, also
   * one that came late. False if there is none: it was acknowledged before, or dropped, or the outbox was closed.
   */
  ack(key: string | number): boolean;
  /**
   * Makes the `run` of a connector: sends what is held on each session's connection, beside your `run`, which reads the
   * peer's acknowledgements. Without one it sends until the session is to end. When a message cannot be sent, the session
   * ends at once with that error, and the signal of your `run` fires with it.
   */
  serve<TOutput = never>(run?: ServeRun<TConnection, TOutput>): ServeRun<TConnection, TOutput>;
  /**
   * The same without a connector: sends what is held, from the first message on, and what comes, until the signal fires
   * or the outbox is closed.
   *
   * @throws what `send` threw; AckTimeoutError; OutboxBusyError, when another call is not over; OutboxStoreError, when
   *   the store cannot be loaded
   */
  deliver(connection: TConnection, options: { readonly signal: AbortSignal }): Promise<void>;
  /**
   * Resolves when no message is held, no `add` waits, and the store knows that.
   *
   * @throws the signal's reason; OutboxClosedError, when it is closed before; OutboxStoreError
   */
  drained(options?: { readonly signal?: AbortSignal }): Promise<void>;
  /**
   * Loads what the store has kept. All others do so first; after a failure the next call loads again.
   *
   * @throws OutboxStoreError
   */
  ready(): Promise<void>;
  /** Counts of the outbox, as they are now. */
  stats(): OutboxStats;
  /**
   * Takes and sends nothing more, and closes the store, where what is held stays.
   *
   * @throws OutboxStoreError, when the store does not know all acknowledgements, or could not be closed
   */
  close(): Promise<void>;
}
