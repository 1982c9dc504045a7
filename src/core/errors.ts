/** Every `code` an error of this package can have; the codes are stable, the messages are not. */
export type ErrorCode =
  | 'ERR_ACTOR_STOPPED'
  | 'ERR_CONNECT_TIMEOUT'
  | 'ERR_GRACE_PERIOD'
  | 'ERR_FATAL'
  | 'ERR_HEARTBEAT_TIMEOUT'
  | 'ERR_INVALID_CONTROL_FLOW'
  | 'ERR_INVALID_OPTION'
  | 'ERR_INVALID_RETRY_DELAY'
  | 'ERR_IS_RETRYABLE'
  | 'ERR_LISTENER'
  | 'ERR_MESSAGE_OVERFLOW'
  | 'ERR_NOT_RESTORABLE'
  | 'ERR_OFFLINE'
  | 'ERR_RECONNECT_REQUESTED'
  | 'ERR_RELEASE'
  | 'ERR_RETRYABLE'
  | 'ERR_RETRY_LIMIT'
  | 'ERR_STOP_REQUESTED'
  | 'ERR_UPGRADE_REFUSED'
  | 'ERR_WEBSOCKET_CLOSED'
  | 'ERR_WEBSOCKET_OPEN';

/** The base of every error made here: match on `code`. */
export class SchmoozerError extends Error {
  // Written out in each class: a minifier renames the classes.
  override readonly name: string = 'SchmoozerError';
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** `connect` did not settle within `connectTimeoutMs`. */
export class ConnectTimeoutError extends SchmoozerError {
  override readonly name = 'ConnectTimeoutError';

  constructor(readonly timeoutMs: number) {
    super('ERR_CONNECT_TIMEOUT', `connect did not settle within ${timeoutMs} ms`);
  }
}

/** Work that was told to end, or a release, did not settle within `gracePeriodMs`. */
export class GracePeriodError extends SchmoozerError {
  override readonly name = 'GracePeriodError';

  constructor(readonly timeoutMs: number) {
    super('ERR_GRACE_PERIOD', `did not settle within ${timeoutMs} ms of being told to end`);
  }
}

/** A wrapper such as `limitAttempts` gave up; `cause` is the last error. */
export class RetryLimitError extends SchmoozerError {
  override readonly name = 'RetryLimitError';

  constructor(message: string, cause: unknown) {
    super('ERR_RETRY_LIMIT', message, { cause });
  }
}

/** `retryDelay` or a backoff answered with something that is no delay. */
export class InvalidRetryDelayError extends SchmoozerError {
  override readonly name = 'InvalidRetryDelayError';

  constructor(readonly received: unknown) {
    super(
      'ERR_INVALID_RETRY_DELAY',
      `\`retryDelay\` must answer ms or Continue(ms) with ms >= 0, or Break(value); received ${describe(received)}`,
    );
  }
}

/** `run` settled with something that is neither `Continue` nor `Break`. */
export class InvalidControlFlowError extends SchmoozerError {
  override readonly name = 'InvalidControlFlowError';

  constructor(readonly received: unknown) {
    super(
      'ERR_INVALID_CONTROL_FLOW',
      `\`run\` must resolve to Continue(value?) or Break(value?); received ${describe(received)}`,
    );
  }
}

/** An option is missing or out of bounds; the message names it in backticks. */
export class InvalidOptionError extends SchmoozerError {
  override readonly name = 'InvalidOptionError';

  constructor(
    readonly option: string,
    expected: string,
    readonly received: unknown,
  ) {
    super(
      'ERR_INVALID_OPTION',
      `\`${option}\` must be ${expected}; received ${describe(received)}`,
    );
  }
}

/** `isRetryable` itself threw: `cause` is what it threw, `error` what it was asked about. */
export class IsRetryableError extends SchmoozerError {
  override readonly name = 'IsRetryableError';

  constructor(
    readonly error: unknown,
    cause: unknown,
  ) {
    super('ERR_IS_RETRYABLE', '`isRetryable` threw', { cause });
  }
}

/** A listener threw: reported to the actor's `logger`, never to the connection. */
export class ListenerError extends SchmoozerError {
  override readonly name = 'ListenerError';

  constructor(cause: unknown) {
    super('ERR_LISTENER', 'a listener threw', { cause });
  }
}

/** A connection that was never announced could not be released: reported to the actor's `logger`. */
export class ReleaseError extends SchmoozerError {
  override readonly name = 'ReleaseError';

  constructor(cause: unknown) {
    super('ERR_RELEASE', 'releasing a connection failed', { cause });
  }
}

/** A live value was lost in a serializer: start a new actor with `resumePoint` instead. */
export class NotRestorableError extends SchmoozerError {
  override readonly name = 'NotRestorableError';

  constructor() {
    super(
      'ERR_NOT_RESTORABLE',
      'a connection does not survive serialization: start a new actor with `resumePoint: resumeFrom(snapshot)`',
    );
  }
}

/** The browser is offline: `whileOnline` held a try back, or called one back; `cause` is what that one threw. */
export class OfflineError extends SchmoozerError {
  override readonly name = 'OfflineError';

  constructor(cause?: unknown) {
    super('ERR_OFFLINE', 'the browser is offline', cause === undefined ? undefined : { cause });
  }
}

/** The abort reason after a `stop` command. */
export class StopRequested extends SchmoozerError {
  override readonly name = 'StopRequested';

  constructor(readonly reason?: unknown) {
    super('ERR_STOP_REQUESTED', 'stop was requested');
  }
}

/** The abort reason after a `reconnect` command. */
export class ReconnectRequested extends SchmoozerError {
  override readonly name = 'ReconnectRequested';

  constructor(readonly reason?: unknown) {
    super('ERR_RECONNECT_REQUESTED', 'reconnect was requested');
  }
}

/** The abort reason when a parent, or `actor.stop()`, ended the actor without a `stop` command. */
export class ActorStopped extends SchmoozerError {
  override readonly name = 'ActorStopped';

  constructor() {
    super('ERR_ACTOR_STOPPED', 'the actor was stopped');
  }
}

/** Carries the mark of `fatal()` and `retryable()`, the same in every copy of this package. */
const mark = Symbol.for('schmoozer.mark');

/** What `fatal()` makes; `cause` is the error that ends the loop. */
export class FatalError extends SchmoozerError {
  override readonly name = 'FatalError';

  get [mark](): 'fatal' {
    return 'fatal';
  }

  constructor(cause: unknown) {
    super('ERR_FATAL', 'fatal', { cause });
  }
}

/** What `retryable()` makes; `cause` is the error to retry after. */
export class RetryableError extends SchmoozerError {
  override readonly name = 'RetryableError';

  constructor(
    cause: unknown,
    /** The delay that was asked for, in milliseconds; undefined if none was. */
    readonly delayMs: number | undefined,
    /** How far chance spreads it, in milliseconds; undefined leaves it to the backoff. */
    readonly spreadMs: number | undefined,
    readonly consumesAttempt: boolean,
  ) {
    super('ERR_RETRYABLE', 'retryable', { cause });
  }

  get [mark](): 'retryable' {
    return 'retryable';
  }
}

/** Structural on purpose: errors marked by another copy of this package count too. */
export function isFatalError(error: unknown): error is FatalError {
  return markOf(error) === 'fatal';
}

/** Structural on purpose: errors marked by another copy of this package count too. */
export function isRetryableError(error: unknown): error is RetryableError {
  return markOf(error) === 'retryable';
}

/** The error without the wrapper of `fatal()` or `retryable()`. */
export function unmark(error: unknown): unknown {
  return isFatalError(error) || isRetryableError(error) ? error.cause : error;
}

function markOf(error: unknown): unknown {
  return (error as { [mark]?: unknown } | null | undefined)?.[mark];
}

/** Marks an error as final: thrown from `connect` or `run` it ends the loop with `error` itself. */
export function fatal(error: unknown): FatalError {
  return new FatalError(error);
}

export interface RetryableOptions {
  /**
   * The least delay before the next attempt, in milliseconds, such as a server's Retry-After. Default none; bounds >= 0.
   * With `consumesAttempt: false` it is the delay itself, and must be > 0.
   */
  readonly delayMs?: number;
  /**
   * Chance adds up to this to `delayMs`, in milliseconds, so that many clients with the same hint do not come back at
   * once. Default: the longest delay that the backoff could answer; 0 with `consumesAttempt: false`. Bounds >= 0, finite.
   */
  readonly spreadMs?: number;
  /**
   * False when no real attempt was made: `attempt` stays as it is, and no `retryDelay` or backoff is asked. Default
   * true.
   */
  readonly consumesAttempt?: boolean;
}

/**
 * Marks an error as worth another attempt.
 *
 * @throws InvalidOptionError when an option is out of bounds
 */
export function retryable(error: unknown, options: RetryableOptions = {}): RetryableError {
  const { delayMs, spreadMs, consumesAttempt = true } = options;
  if (delayMs !== undefined && !(typeof delayMs === 'number' && delayMs >= 0)) {
    throw new InvalidOptionError('delayMs', 'a number >= 0', delayMs);
  }
  const isSpread = typeof spreadMs === 'number' && spreadMs >= 0 && spreadMs < Infinity;
  if (spreadMs !== undefined && !isSpread) {
    throw new InvalidOptionError('spreadMs', 'a finite number >= 0', spreadMs);
  }
  // Nothing else slows down attempts that are not counted.
  if (!consumesAttempt && !delayMs) {
    throw new InvalidOptionError('delayMs', 'a number > 0 with `consumesAttempt: false`', delayMs);
  }
  return new RetryableError(error, delayMs, spreadMs, consumesAttempt);
}

function describe(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'function') return 'a function';
  if (typeof value === 'object' && value !== null) {
    return Array.isArray(value) ? 'an array' : 'an object';
  }
  return String(value);
}
