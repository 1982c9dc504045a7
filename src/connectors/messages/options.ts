import {
  checkFunction,
  checkInteger,
  checkMethods,
  checkOneOf,
  checkRange,
  type Resolved,
  resolveOptions,
} from '../../core/check.js';
import type { Clock } from '../../core/clock.js';
import { PoisonMessageError } from './errors.js';

/** The second argument of `onMessage`. */
export interface MessageContext {
  /** The number of the session that delivered the message; the first is 1. */
  readonly epoch: number;
  /**
   * Aborted when the session must end, or was lost. On a `stop`, a message whose handler finishes soon after that is
   * still acknowledged.
   */
  readonly signal: AbortSignal;
  /** Number of earlier deliveries, as far as known; 0 on the first delivery. */
  readonly redeliveries: number;
}

/** The argument of `onSession`. */
export interface MessageSession {
  /** The session's number; the first is 1. */
  readonly epoch: number;
  /** True if messages may have been missed since the previous session. */
  readonly gap: boolean;
}

/** The options of every connector for messages; messages are treated the same in all. */
export interface MessageOptions<TMessage, TSession extends MessageSession = MessageSession> {
  /**
   * Called once for each session, when its subscriptions are confirmed; messages wait until it has finished. Its error
   * ends the session. Default: none.
   */
  readonly onSession?: (session: TSession) => unknown;
  /** Handles one message, and may be async: the message is acknowledged when the handler has finished. */
  readonly onMessage: (message: TMessage, context: MessageContext) => unknown;
  /**
   * The reaction to an error of `onMessage`: `continue` handles the next message, `end` ends the session with that
   * error. The message is not acknowledged; `fatal(error)` ends the link. Default: `continue`.
   */
  readonly onMessageError?: 'continue' | 'end';
  /**
   * Called with the error of `onMessage`, or with PoisonMessageError; after the end of the session also with the error
   * of `onDeadLetter`. Its own errors go to the console. Default: the console; with `end` not for errors that end the
   * session.
   */
  readonly onError?: (error: unknown, message: TMessage) => void;
  /** Maximum number of messages handled at the same time; they begin in order. Default: 1. Bounds: an integer >= 1. */
  readonly maxInFlight?: number;
  /**
   * Maximum number of waiting messages where the server cannot be slowed down; one more ends the session with
   * MessageBacklogError. Default: 10 000. Bounds: an integer >= 1, or `Infinity`.
   */
  readonly maxWaiting?: number;
}

/** Further options of a connector whose server can deliver a message again. */
export interface RedeliveryOptions<TMessage> {
  /**
   * How often a message is delivered again after `onMessage` threw; then it is put aside. If the server counts
   * deliveries, those after an interruption (a crash, a lost connection) count too. An AMQP quorum queue whose
   * count is used delivers an interrupted message once more than this, because its count may be too high. Default: 5. Bounds: an integer >= 0, or
   * `Infinity`.
   */
  readonly maxRedeliveries?: number;
  /** Delay before a failed message is delivered again, in milliseconds. Default: 1000. Bounds: 0 to 2147483647. */
  readonly redeliveryDelayMs?: number;
  /**
   * Called with a message that is put aside, and the last error of `onMessage`, or a PoisonMessageError if the message
   * is put aside without another call of `onMessage`. It may be async: the server is informed when it has finished. An
   * error that it throws ends the session, and the message is delivered again. Default: none.
   */
  readonly onDeadLetter?: (message: TMessage, error: unknown) => unknown;
  /**
   * Sets the timers of `redeliveryDelayMs`; a test passes `virtualClock()`. Default: the global `setTimeout` and
   * `clearTimeout`.
   */
  readonly clock?: Clock;
}

/** The options' only list of defaults. */
const defaults = {
  onSession: (): void => {},
  onMessageError: 'continue' as const,
  maxInFlight: 1,
  maxWaiting: 10_000,
};

const redeliveryDefaults = {
  maxRedeliveries: 5,
  redeliveryDelayMs: 1000,
  onDeadLetter: (): void => {},
  clock: globalThis as Clock,
};

/** The resolved options of redelivery. */
export type RedeliverySettings<TMessage> = Required<RedeliveryOptions<TMessage>>;

/** The resolved shared options of a connector for messages. */
export type MessageSettings<TMessage, TSession extends MessageSession = MessageSession> = Required<
  MessageOptions<TMessage, TSession>
>;

/**
 * Resolves the options of a connector for messages, including the shared ones.
 *
 * @param own the defaults of the connector's own options
 * @param others the names of the options without a default
 * @throws InvalidOptionError when `options` is not an object, has an unknown option, or a shared option is out of
 * bounds
 */
export function resolveMessageOptions<
  // oxlint-disable-next-line typescript/no-explicit-any -- of any message
  TOptions extends MessageOptions<any, any>,
  TOwn extends Partial<TOptions>,
>(
  options: TOptions,
  own: TOwn,
  others: readonly (keyof TOptions & string)[],
): Resolved<TOptions, TOwn & Required<MessageOptions<never>>> {
  const names = [...others, 'onMessage', 'onError'] as (keyof TOptions & string)[];
  const resolved = resolveOptions<TOptions, Partial<TOptions>>(
    options,
    { ...defaults, ...own },
    names,
  );
  const settings = resolved as unknown as typeof defaults & MessageOptions<unknown>;
  const { onMessageError } = settings;
  const errors = settings.onError === undefined ? consoleOf(onMessageError) : settings;
  checkFunction('onSession', settings.onSession);
  checkFunction('onMessage', settings.onMessage);
  checkFunction('onError', errors.onError);
  checkOneOf('onMessageError', onMessageError, ['continue', 'end']);
  checkInteger('maxInFlight', settings.maxInFlight, 1);
  if (settings.maxWaiting !== Infinity) checkInteger('maxWaiting', settings.maxWaiting, 1);
  return { ...resolved, ...(errors as { onError: never }) };
}

/**
 * Like `resolveMessageOptions`, with the options of redelivery, for a server that can deliver a message again.
 *
 * @throws InvalidOptionError as `resolveMessageOptions`
 */
export function resolveRedeliveryOptions<
  // oxlint-disable-next-line typescript/no-explicit-any -- of any message
  TOptions extends MessageOptions<any, any> & RedeliveryOptions<any>,
  TOwn extends Partial<TOptions>,
>(
  options: TOptions,
  own: TOwn,
  others: readonly (keyof TOptions & string)[],
): Resolved<TOptions, TOwn & Required<MessageOptions<never> & RedeliveryOptions<never>>> {
  const resolved = resolveMessageOptions(options, { ...redeliveryDefaults, ...own }, others);
  const { maxRedeliveries, redeliveryDelayMs, onDeadLetter, clock } =
    resolved as unknown as RedeliverySettings<unknown>;
  if (maxRedeliveries !== Infinity) checkInteger('maxRedeliveries', maxRedeliveries, 0);
  checkRange('redeliveryDelayMs', redeliveryDelayMs, 0, 2 ** 31 - 1);
  checkFunction('onDeadLetter', onDeadLetter);
  checkMethods('clock', clock, ['setTimeout', 'clearTimeout']);
  return resolved;
}

function toConsole(error: unknown): void {
  console.error(error);
}

/** The default `onError`, and what it leaves out: an error that ends the session is already reported by events. */
function consoleOf(onMessageError: 'continue' | 'end'): {
  onError(error: unknown): void;
  onLateError?(error: unknown): void;
} {
  if (onMessageError !== 'end') return { onError: toConsole };
  const onError = (error: unknown) => {
    if (error instanceof PoisonMessageError) toConsole(error);
  };
  return { onError, onLateError: toConsole };
}
