import {
  checkFunction,
  checkInteger,
  checkMethods,
  checkOneOf,
  checkRange,
  MAX_TIMER_MS,
  resolveOptions,
} from '../core/check.js';
import type { Clock } from '../core/clock.js';
import { InvalidOptionError } from '../core/errors.js';
import { memoryStore } from './memoryStore.js';
import type { OutboxStore } from './store.js';

/** The third argument of `send`. */
export interface SendContext {
  /** The key of the message. */
  readonly key: string;
  /** Number of times that the message was passed to `send`, including this one; a new process starts at 1. */
  readonly attempt: number;
  /** Aborted when the session ends; what `send` does after that is ignored. */
  readonly signal: AbortSignal;
}

/** The second argument of `onSendError`. */
export interface SendFailure<TMessage> {
  /** The message that could not be sent. */
  readonly message: TMessage;
  /** Its key. */
  readonly key: string;
  /** As in `SendContext`. */
  readonly attempt: number;
}

/** How messages are sent, acknowledged and kept, and how many there may be. */
export interface OutboxOptions<TMessage, TConnection> {
  /**
   * Sends one message. The next one is sent when the result has resolved; with `ack: 'send'` the message is then
   * acknowledged. If it throws or rejects, the message keeps its place in the queue and the session ends, unless
   * `onSendError` decides otherwise.
   */
  send(connection: TConnection, message: TMessage, context: SendContext): unknown;
  /**
   * How a message is acknowledged. `'send'`: `send` has resolved. `'each'`: `outbox.ack(key)`. `'cumulative'`:
   * `outbox.ack(key)` of the message or of a later one. Default: `'send'`.
   */
  readonly ack?: 'send' | 'each' | 'cumulative';
  /**
   * The key of a message: a second message with the same key is refused until the first is acknowledged. Default: a
   * generated key, unique among all outboxes and processes.
   */
  readonly key?: (message: TMessage) => string;
  /**
   * Maximum number of messages that are sent and not acknowledged; with `ack: 'send'` it is 1. Default: 100. Bounds: an
   * integer >= 1.
   */
  readonly window?: number;
  /**
   * How long a session may wait for an acknowledgement while a sent message has none, in milliseconds; then it ends
   * with AckTimeoutError. Default: 30 000. Bounds: 1 to 2^31-1, or `Infinity` for no limit.
   */
  readonly ackTimeoutMs?: number;
  /** Maximum number of held messages. Default: 10 000. Bounds: an integer >= 1, or `Infinity`. */
  readonly maxItems?: number;
  /**
   * Maximum size of all held messages in bytes, by `sizeOf`. Default: 16 777 216. Bounds: an integer >= 1, or
   * `Infinity`.
   */
  readonly maxBytes?: number;
  /**
   * Size of a message in bytes, >= 0. Default: the length of bytes, and the length in UTF-8 of a string or of the JSON
   * of anything else.
   */
  readonly sizeOf?: (message: TMessage) => number;
  /**
   * How `add` behaves when the outbox is full: reject, drop the oldest messages, drop the new one, or wait for room.
   * Default: `'reject'`.
   */
  readonly onFull?: 'reject' | 'drop-oldest' | 'drop-newest' | 'wait';
  /**
   * Decides what follows when `send` threw or rejected before the end of the session: `'end'` ends the session, and the
   * message is sent again in the next one; `'skip'` removes the message from the outbox, so keep it elsewhere if you
   * need it. Default: `'end'`.
   */
  readonly onSendError?: (error: unknown, failure: SendFailure<TMessage>) => 'end' | 'skip';
  /** Where messages are stored. Default: `memoryStore()`. */
  readonly store?: OutboxStore<TMessage>;
  /** How long a call of the store may take, in milliseconds. Default: 10 000. Bounds: 1 to 2^31-1. */
  readonly storeTimeoutMs?: number;
  /** Sets the timers; a test passes `virtualClock()`. Default: the global `setTimeout` and `clearTimeout`. */
  readonly clock?: Clock;
}

/** The only list of defaults. */
export const defaults = {
  ack: 'send' as const,
  window: 100,
  ackTimeoutMs: 30_000,
  maxItems: 10_000,
  maxBytes: 16_777_216,
  sizeOf: bytesOf,
  onFull: 'reject' as const,
  onSendError: () => 'end' as const,
  storeTimeoutMs: 10_000,
};

export type OutboxSettings<TMessage, TConnection> = ReturnType<
  typeof resolveSettings<TMessage, TConnection>
>;

/** @throws InvalidOptionError when an option is missing, unknown or out of bounds */
export function resolveSettings<TMessage, TConnection>(
  options: OutboxOptions<TMessage, TConnection>,
) {
  const given = resolveOptions(options, defaults, ['send', 'key', 'store', 'clock']);
  const { store = memoryStore<TMessage>(), clock = globalThis } = given;
  for (const name of ['send', 'sizeOf', 'onSendError'] as const) checkFunction(name, given[name]);
  if (given.key !== undefined) checkFunction('key', given.key);
  checkOneOf('ack', given.ack, ['send', 'each', 'cumulative']);
  checkInteger('window', given.window, 1);
  if (given.ack === 'send' && options.window !== undefined && options.window !== 1) {
    throw new InvalidOptionError('window', "left out with `ack: 'send'`: it is 1", options.window);
  }
  checkUnlessInfinite(given.ackTimeoutMs, (value) =>
    checkRange('ackTimeoutMs', value, 1, MAX_TIMER_MS),
  );
  for (const name of ['maxItems', 'maxBytes'] as const) {
    checkUnlessInfinite(given[name], (value) => checkInteger(name, value, 1));
  }
  checkOneOf('onFull', given.onFull, ['reject', 'drop-oldest', 'drop-newest', 'wait']);
  checkMethods('store', store, ['load', 'append', 'remove', 'close']);
  checkRange('storeTimeoutMs', given.storeTimeoutMs, 1, MAX_TIMER_MS);
  checkMethods('clock', clock, ['setTimeout', 'clearTimeout']);
  return { ...given, store, clock, window: given.ack === 'send' ? 1 : given.window };
}

function checkUnlessInfinite(value: number, check: (value: number) => void): void {
  if (value !== Infinity) check(value);
}

const encoder = new TextEncoder();

function bytesOf(message: unknown): number {
  if (ArrayBuffer.isView(message)) return message.byteLength;
  return encoder.encode(typeof message === 'string' ? message : jsonOf(message)).length;
}

function jsonOf(message: unknown): string {
  const bad = 'a Uint8Array, or a value for JSON, unless there is a `sizeOf`';
  try {
    const text: string | undefined = JSON.stringify(message);
    if (text !== undefined) return text;
  } catch {
    // A cycle, or a BigInt.
  }
  throw new InvalidOptionError('message', bad, message);
}
