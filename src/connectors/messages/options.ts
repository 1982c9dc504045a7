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

/** What `onMessage` is told beside the message. */
export interface MessageContext {
  /** The number of the session that brought the message; the first is 1. */
  readonly epoch: number;
  /** Aborted when the session is to end, or was lost: a message that is done soon after is still acknowledged on a `stop`. */
  readonly signal: AbortSignal;
  /** How often the message was delivered before, as far as that is known; 0 at first. */
  readonly redeliveries: number;
}

/** What `onSession` is told. */
export interface MessageSession {
  /** The session's number; the first is 1. */
  readonly epoch: number;
  /** Whether something may have been missed since the session before. */
  readonly gap: boolean;
}

/** The options that every connector for messages has; what becomes of a message is the same for all. */
export interface MessageOptions<TMessage, TSession extends MessageSession = MessageSession> {
  /**
   * Called once for each session, when its subscriptions are confirmed; its messages wait until it is done. What it throws
   * ends the session. Default nothing.
   */
  readonly onSession?: (session: TSession) => unknown;
  /** Handles one message, and may be async: the message is acknowledged when it is done. */
  readonly onMessage: (message: TMessage, context: MessageContext) => unknown;
  /**
   * What follows when `onMessage` throws or rejects: with `continue` the next message, with `end` the end of the session, by that
   * error. The message is not acknowledged; `fatal(error)` ends the link. Default `continue`.
   */
  readonly onMessageError?: 'continue' | 'end';
  /**
   * Called with what `onMessage` threw; what it throws itself goes to the console. Default with `continue` the console, with `end`
   * nothing.
   */
  readonly onError?: (error: unknown, message: TMessage) => void;
  /** How many messages are worked on at the same time; they begin in their order. Default 1; bounds: an integer >= 1. */
  readonly maxInFlight?: number;
  /**
   * How many messages may wait where the server cannot be held back; one more ends the session with MessageBacklogError. Default
   * 10 000; bounds: an integer >= 1, or `Infinity`.
   */
  readonly maxWaiting?: number;
}

/** The options that a connector has beside `MessageOptions` where the server can deliver a message again. */
export interface RedeliveryOptions<TMessage> {
  /**
   * How often a message is delivered again after `onMessage` threw or was interrupted; then it is put aside. Default 5; bounds: an
   * integer >= 0, or `Infinity`.
   */
  readonly maxRedeliveries?: number;
  /** How long a message that failed waits before it is delivered again, in milliseconds. Default 1000; bounds 0 to 2147483647. */
  readonly redeliveryDelayMs?: number;
  /**
   * Called with a message that is put aside, and what `onMessage` threw last; may be async: the server hears of it when it is done.
   * What it throws ends the session, and the message comes again. Default nothing.
   */
  readonly onDeadLetter?: (message: TMessage, error: unknown) => unknown;
  /** The timer of `redeliveryDelayMs`. Default the host's. */
  readonly clock?: Clock;
}

/** The options' defaults; each stands here only. */
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

/** The options of redelivery with their defaults. */
export type RedeliverySettings<TMessage> = Required<RedeliveryOptions<TMessage>>;

/** The shared options with their defaults. */
export type MessageSettings<TMessage, TSession extends MessageSession = MessageSession> = Required<
  MessageOptions<TMessage, TSession>
>;

/**
 * The options of a connector for messages with their defaults, the shared ones among them.
 *
 * @param own the defaults of the connector's own options
 * @param others the names of those that have none
 * @throws InvalidOptionError when there is no object, or one with a name that is no option, or a shared option out of bounds
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
  const { onMessageError, onError = consoleOf(onMessageError) } = settings;
  checkFunction('onSession', settings.onSession);
  checkFunction('onMessage', settings.onMessage);
  checkFunction('onError', onError);
  checkOneOf('onMessageError', onMessageError, ['continue', 'end']);
  checkInteger('maxInFlight', settings.maxInFlight, 1);
  if (settings.maxWaiting !== Infinity) checkInteger('maxWaiting', settings.maxWaiting, 1);
  return { ...resolved, onError };
}

/**
 * The same for a connector whose server can deliver a message again: the options of redelivery are among them.
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

/** An error that ends the session is told by its events. */
function consoleOf(onMessageError: 'continue' | 'end'): (error: unknown) => void {
  return onMessageError === 'end' ? () => {} : (error) => console.error(error);
}
