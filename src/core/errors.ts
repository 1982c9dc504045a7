/**
 * The `code`s of the errors that every connector can raise; an entry with further errors has further codes. Codes are
 * stable, messages are not.
 */
export type ErrorCode =
  | 'ERR_ACTOR_STOPPED'
  | 'ERR_CONNECTION_LOST'
  | 'ERR_CONNECT_TIMEOUT'
  | 'ERR_GRACE_PERIOD'
  | 'ERR_FATAL'
  | 'ERR_INVALID_CONTROL_FLOW'
  | 'ERR_INVALID_OPTION'
  | 'ERR_INVALID_RETRY_DELAY'
  | 'ERR_IS_RETRYABLE'
  | 'ERR_LIMITER'
  | 'ERR_LINK_ENDED'
  | 'ERR_LISTENER'
  | 'ERR_NOT_RESTORABLE'
  | 'ERR_RECONNECT_REQUESTED'
  | 'ERR_RELEASE'
  | 'ERR_RETRYABLE'
  | 'ERR_RETRY_LIMIT'
  | 'ERR_STOP_REQUESTED'
  | 'ERR_SUSPEND_REQUESTED';

/**
 * The base class of the errors of links, connectors and options; those of `schmoozer/testing` and of the inspectors
 * extend `Error`. Compare the `code`.
 */
export class SchmoozerError<TCode extends string = string> extends Error {
  // Each class has its name as a string, because a minifier renames classes.
  override readonly name: string = 'SchmoozerError';
  /** Stable, unlike the message: compare this. */
  readonly code: TCode;

  constructor(code: TCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/**
 * The reason of an abort. It has no stack: it is created in the middle of a step, where a stack would show only the
 * library and cost more than the step.
 */
class AbortReason extends SchmoozerError<ErrorCode> {
  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    const { stackTraceLimit } = Error;
    // `Reflect.set` instead of an assignment, which throws where intrinsics are frozen.
    Reflect.set(Error, 'stackTraceLimit', 0);
    super(code, message, options);
    Reflect.set(Error, 'stackTraceLimit', stackTraceLimit);
  }
}

/** `connect` did not settle within `connectTimeoutMs`. */
export class ConnectTimeoutError extends AbortReason {
  override readonly name = 'ConnectTimeoutError';

  constructor(/** The value of `connectTimeoutMs`, in milliseconds. */ readonly timeoutMs: number) {
    super('ERR_CONNECT_TIMEOUT', `connect did not settle within ${timeoutMs} ms`);
  }
}

/** `run` did not settle within `gracePeriodMs` after its abort, or a release took longer than that. */
export class GracePeriodError extends SchmoozerError<ErrorCode> {
  override readonly name = 'GracePeriodError';

  constructor(/** The value of `gracePeriodMs`, in milliseconds. */ readonly timeoutMs: number) {
    super('ERR_GRACE_PERIOD', `did not settle within ${timeoutMs} ms after the abort`);
  }
}

/** A wrapper such as `limitAttempts` gave up; `cause` is the last error. */
export class RetryLimitError extends SchmoozerError<ErrorCode> {
  override readonly name = 'RetryLimitError';

  constructor(message: string, cause: unknown) {
    super('ERR_RETRY_LIMIT', message, { cause });
  }
}

/** The answer of `retryDelay` or a backoff was not a delay. */
export class InvalidRetryDelayError extends SchmoozerError<ErrorCode> {
  override readonly name = 'InvalidRetryDelayError';

  /** The answer itself if it is a number, a boolean or the like; otherwise a description, because it may be secret. */
  readonly received: unknown;

  constructor(received: unknown) {
    super(
      'ERR_INVALID_RETRY_DELAY',
      `\`retryDelay\` must return ms or Continue(ms) with ms >= 0, or Break(value); received ${kindOf(received)}`,
    );
    this.received = withoutSecret(received);
  }
}

/** `run` settled with neither `Continue` nor `Break`. */
export class InvalidControlFlowError extends SchmoozerError<ErrorCode> {
  override readonly name = 'InvalidControlFlowError';

  /** The answer itself if it is a number, a boolean or the like; otherwise a description, because it may be secret. */
  readonly received: unknown;

  constructor(received: unknown) {
    super(
      'ERR_INVALID_CONTROL_FLOW',
      `\`run\` must resolve to Continue(value?) or Break(value?); received ${kindOf(received)}`,
    );
    this.received = withoutSecret(received);
  }
}

/** An option is missing, unknown or out of bounds; the message names it in backticks. */
export class InvalidOptionError extends SchmoozerError<ErrorCode> {
  override readonly name = 'InvalidOptionError';

  /**
   * The value itself if it is a number, a boolean or the like, or a string of at most 40 letters, digits, `_`, `.` and
   * `-` for an option that is never secret; otherwise a description, because it may be secret.
   */
  readonly received: unknown;

  /** @param shown a description of `received` that contains no secret */
  constructor(
    /** The name of the option. */
    readonly option: string,
    expected: string,
    received: unknown,
    shown?: string,
  ) {
    const isOpen = shown === undefined && typeof received === 'string' && WORD.test(received);
    super(
      'ERR_INVALID_OPTION',
      `\`${option}\` must be ${expected}; received ${isOpen ? `"${received}"` : (shown ?? kindOf(received))}`,
    );
    this.received = isOpen ? received : withoutSecret(received, shown);
  }
}

/** `isRetryable` itself threw: `cause` is what it threw, `error` is the error it had to classify. */
export class IsRetryableError extends SchmoozerError<ErrorCode> {
  override readonly name = 'IsRetryableError';

  constructor(
    /** The error that `isRetryable` was asked about. */
    readonly error: unknown,
    cause: unknown,
  ) {
    super('ERR_IS_RETRYABLE', '`isRetryable` threw', { cause });
  }
}

/** A listener threw. Reported to the actor's `logger`; the connection is not affected. */
export class ListenerError extends SchmoozerError<ErrorCode> {
  override readonly name = 'ListenerError';

  constructor(cause: unknown) {
    super('ERR_LISTENER', 'a listener threw', { cause });
  }
}

/**
 * A limiter or a `limiterKey` threw, or a limiter granted something that is not a permit; `cause` is what was thrown.
 */
export class LimiterError extends SchmoozerError<ErrorCode> {
  override readonly name = 'LimiterError';

  constructor(message: string, options?: ErrorOptions) {
    super('ERR_LIMITER', message, options);
  }
}

/**
 * The release of a connection failed, and no `connection.closed` can report it, for example because `connect` resolved
 * too late. Reported to the actor's `logger`.
 */
export class ReleaseError extends SchmoozerError<ErrorCode> {
  override readonly name = 'ReleaseError';

  constructor(cause: unknown) {
    super('ERR_RELEASE', 'releasing a connection failed', { cause });
  }
}

/**
 * A restored snapshot contains no connector, so the link cannot start from it: bind it to its connector with
 * `reconnectMachineOf`, or start a new actor with `resumePoint`.
 */
export class NotRestorableError extends SchmoozerError<ErrorCode> {
  override readonly name = 'NotRestorableError';

  constructor() {
    super(
      'ERR_NOT_RESTORABLE',
      'no connection survives in a snapshot: bind the logic to its connector, or start a new actor with `resumePoint: resumeFrom(snapshot)`',
    );
  }
}

/** The abort reason after a `stop` command. */
export class StopRequested extends AbortReason {
  override readonly name = 'StopRequested';

  constructor(/** The `reason` of the `stop` command. */ readonly reason?: unknown) {
    super('ERR_STOP_REQUESTED', 'stop was requested');
  }
}

/** The abort reason after a `reconnect` command. */
export class ReconnectRequested extends AbortReason {
  override readonly name = 'ReconnectRequested';

  constructor(/** The `reason` of the `reconnect` command. */ readonly reason?: unknown) {
    super('ERR_RECONNECT_REQUESTED', 'reconnect was requested');
  }
}

/** The abort reason after a `suspend` command. */
export class SuspendRequested extends AbortReason {
  override readonly name = 'SuspendRequested';

  constructor(/** The `reason` of the `suspend` command. */ readonly reason?: unknown) {
    super('ERR_SUSPEND_REQUESTED', 'suspend was requested');
  }
}

/** The abort reason after the connection was lost; `cause` is the error that broke it, if known. */
export class ConnectionLost extends AbortReason {
  override readonly name = 'ConnectionLost';

  constructor(failure?: { readonly error: unknown }) {
    super(
      'ERR_CONNECTION_LOST',
      'the connection was lost',
      failure && { cause: unmark(failure.error) },
    );
  }
}

/** The abort reason when a parent, or `actor.stop()`, stopped the actor without a `stop` command. */
export class ActorStopped extends AbortReason {
  override readonly name = 'ActorStopped';

  constructor() {
    super('ERR_ACTOR_STOPPED', 'the actor was stopped');
  }
}

/** The result of `fatal()`; `cause` is the error that ends the link. */
export class FatalError extends SchmoozerError<ErrorCode> {
  override readonly name = 'FatalError';

  /** Lets every copy of the package recognise the error. */
  get schmoozerMark(): 'fatal' {
    return 'fatal';
  }

  constructor(cause: unknown) {
    super('ERR_FATAL', 'fatal', { cause });
  }
}

/** The result of `retryable()`; `cause` is the error that was passed to it. */
export class RetryableError extends SchmoozerError<ErrorCode> {
  override readonly name = 'RetryableError';

  constructor(
    cause: unknown,
    /** The requested delay in milliseconds; undefined if there is none. */
    readonly delayMs: number | undefined,
    /** The width of the random spread in milliseconds; undefined leaves it to the backoff. */
    readonly spreadMs: number | undefined,
    /** Whether the failure uses up an attempt. */
    readonly consumesAttempt: boolean,
  ) {
    super('ERR_RETRYABLE', 'retryable', { cause });
  }

  /**
   * The outcome that a limiter gets for the attempt, in place of the one that follows from the error: set by a
   * connector that wraps others, such as `endpoints` of `schmoozer/many`.
   */
  declare readonly permit?: readonly [
    outcome: 'failed' | 'overloaded' | 'ignored',
    hintMs?: number,
  ];

  /** Lets every copy of the package recognise the error. */
  get schmoozerMark(): 'retryable' {
    return 'retryable';
  }
}

/** Checks the structure, not the class, so that errors marked by another copy of this package count too. */
export function isFatalError(error: unknown): error is FatalError {
  return markOf(error) === 'fatal';
}

/** Checks the structure, not the class, so that errors marked by another copy of this package count too. */
export function isRetryableError(error: unknown): error is RetryableError {
  return markOf(error) === 'retryable';
}

/** The error without the wrapper of `fatal()` or `retryable()`. */
export function unmark(error: unknown): unknown {
  return isFatalError(error) || isRetryableError(error) ? error.cause : error;
}

function markOf(error: unknown): unknown {
  return (error as { schmoozerMark?: unknown } | null | undefined)?.schmoozerMark;
}

/**
 * Marks an error as final. When `connect` or `run` throws the result, the link ends; its output contains `error`,
 * without the mark.
 */
export function fatal(error: unknown): FatalError {
  return new FatalError(error);
}

/** A string that may be shown as the value of an option: not an address, and harmless to a terminal. */
const WORD = /^[\w.-]{1,40}$/;

/** Describes a value in words, without its content; numbers and the like are shown as they are. */
export function kindOf(value: unknown): string {
  if (typeof value === 'string') return `a string of ${value.length} characters`;
  if (typeof value === 'function') return 'a function';
  if (typeof value === 'object' && value !== null) {
    return Array.isArray(value) ? 'an array' : 'an object';
  }
  return String(value);
}

function withoutSecret(value: unknown, shown = kindOf(value)): unknown {
  return typeof value === 'string' || Object(value) === value ? shown : value;
}
