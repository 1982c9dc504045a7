import type { ConnectLimiter } from './limiter.js';

/** The answer of `run` or `retryDelay` with which the link connects again. */
export interface Continue<T = undefined> {
  /** Distinguishes it from a `Break`. */
  readonly type: 'Continue';
  // Not named `value`: TypeScript would take a Continue's value for the output, which only a Break has.
  /** The value that was passed: in `retryDelay` a delay in milliseconds. */
  readonly payload: T;
}

/** The answer of `run` or `retryDelay` that ends the link. */
export interface Break<T = undefined> {
  /** Distinguishes it from a `Continue`. */
  readonly type: 'Break';
  /** The value in the link's output, `undefined` after `Break()`. */
  readonly value: T;
}

/** Whether the link connects again or ends, like Rust's `std::ops::ControlFlow`. */
export type ControlFlow<TBreak = void, TContinue = void> = Break<TBreak> | Continue<TContinue>;

/**
 * `Continue()` as the answer of `run` asks for the next connection, after the usual delay; as the answer of
 * `retryDelay` it is a delay of 0.
 */
export function Continue(): Continue;
/** `Continue(ms)` is the answer of `retryDelay` that sets the delay before the next attempt, in milliseconds. */
export function Continue<T>(payload: T): Continue<T>;
export function Continue(payload?: unknown): Continue<unknown> {
  return { type: 'Continue', payload };
}

/** `Break()` ends the link without a result: the status of its output is `completed`. */
export function Break(): Break;
/** `Break(value)` ends the link; `value` is in the result of `run()` and of `ended()`. */
export function Break<T>(value: T): Break<T>;
export function Break(value?: unknown): Break<unknown> {
  return { type: 'Break', value };
}

/** True for a `Continue` or a `Break`, including one that another copy of this package created. */
export function isControlFlow(value: unknown): value is ControlFlow<unknown, unknown> {
  const type = (value as { type?: unknown } | null | undefined)?.type;
  return type === 'Continue' || type === 'Break';
}

/** The argument of `connect`: facts about its attempt. */
export interface ConnectContext {
  /**
   * Aborted by a command, by a timeout, or when a parent stops the actor; its `reason` is a typed error. Created when
   * it is first read: a copy made by `{ ...attempt }` does not have it.
   */
  readonly signal: AbortSignal;
  /**
   * Number of failures in a row: failed attempts, and sessions that ended by a loss, an error or `Continue`. 0 on the
   * first attempt; 1 on the first attempt after a good session that ended so.
   */
  readonly attempt: number;
  /** The number of the session if this attempt succeeds; the first session is 1. */
  readonly epoch: number;
  /**
   * The error of the last session or attempt; undefined if it threw nothing. It is cleared when this attempt has ended:
   * keep a copy if you need it later.
   */
  readonly lastError: unknown;
}

/** The second argument of `run`: facts about its session. */
export interface RunContext {
  /** Aborted when the session must end or its connection was lost; its `reason` is a typed error. */
  readonly signal: AbortSignal;
  /** The session's number; the first is 1. */
  readonly epoch: number;
}

/** How a connection ended on its own. */
export interface ConnectionEnd {
  /** The error that broke the connection; undefined for an orderly end. */
  readonly error?: unknown;
  /** Further plain data for events, such as a close code. */
  readonly detail?: unknown;
  /**
   * Settles when everything that had arrived has been read. Until then, but at most `gracePeriodMs`, `run` can read on.
   */
  readonly drained?: PromiseLike<unknown>;
}

/** The second argument of `probe`. */
export interface ProbeContext {
  /** Aborted when the session ends. */
  readonly signal: AbortSignal;
}

/** The peer of a connector, as logs and metrics may show it: without secrets. */
export interface Peer {
  /**
   * The host's name or address, or the path of a socket. In a URL, parts that may be secret are left out before it is
   * shown.
   */
  readonly address?: string | undefined;
  /** The port of the host; undefined for a socket. */
  readonly port?: number | undefined;
  /** The protocol in lower case, such as `amqp`, `mqtt`, `redis`, `websocket`. */
  readonly protocol?: string | undefined;
  /** The transport: `tcp`, or `unix` for a socket or a pipe on this machine. */
  readonly transport?: string | undefined;
}

/**
 * Facts about a failure, from which the delay is decided: the argument of `retryDelay`, and the first argument of a
 * backoff.
 */
export interface FailureContext {
  /** Which method failed; a timeout of `connect` counts as `connect`. */
  readonly phase: 'connect' | 'run';
  /** The thrown value; undefined when `run` returned `Continue`. */
  readonly error: unknown;
  /** Number of failures in a row, including this one; the first is 1. */
  readonly attempt: number;
  /** The delay before the failed attempt in milliseconds; 0 before the first. */
  readonly previousDelayMs: number;
  /** The delay that `retryable(error, { delayMs })` asked for, in milliseconds; undefined if there is none. */
  readonly hintMs: number | undefined;
  /** Milliseconds since the last good session went offline, or since the actor was created. */
  readonly downMs: number;
  /** Aborted when the answer is no longer needed. */
  readonly signal: AbortSignal;
}

/**
 * The consequence of an error. `transient`: the link connects again, after the delay of `retryDelay` or the backoff.
 * `permanent`: another attempt would probably fail the same way, so the option `failFast` decides. `fatal`: the link
 * ends.
 */
export type Verdict = 'transient' | 'permanent' | 'fatal';

/** The second argument of `isRetryable`: facts about the error. */
export interface ErrorFacts {
  /** Which method failed; a timeout of `connect` counts as `connect`. */
  readonly phase: 'connect' | 'run';
  /** Number of failures in a row before this one; 0 in a good session. */
  readonly attempt: number;
  /** The number of the latest session; 0 before the first. */
  readonly epoch: number;
  /** True if the link has ever had a good session, one that became stable. */
  readonly hasBeenStable: boolean;
}

/**
 * The result of `retryDelay`: a delay in milliseconds, >= 0, as a number or as `Continue(ms)` (`Continue()` is 0), or a
 * `Break`, which ends the link.
 */
export type RetryDelay<TOutput = void> = number | ControlFlow<TOutput, number | undefined>;

/** The result of `run`. It has a name so that the compiler reports a missing `return` in `run` readably. */
export type ContinueOrBreak<TOutput = void> = Continue<unknown> | Break<TOutput>;

/**
 * A promise of `Continue()` or `Break(value)`. If your `run` returns a wrong type, the compiler's message is short when
 * `run` returns a `Promise`, and long when it returns another thenable.
 */
export type RunAnswer<TOutput = void> =
  | Promise<ContinueOrBreak<TOutput>>
  | PromiseLike<ContinueOrBreak<TOutput>>;

/** The user's object: how to open a connection and what to do with it. */
export interface Connector<TConnection, TOutput = void> {
  /** Opens one connection. Reject to have it called again later; reject with `fatal(error)` to give up. */
  connect(attempt: ConnectContext): PromiseLike<TConnection>;
  /** Serves one connection until it ends; the machine releases the connection when this settles. */
  run(connection: TConnection, session: RunContext): RunAnswer<TOutput>;
  /**
   * Settles when the connection has ended on its own; a rejection is the error that broke it. Called once for each
   * session, right after the call of `run`, while `run` works. Without it only `run` can notice a loss.
   */
  closed?(connection: TConnection): PromiseLike<ConnectionEnd | void>;
  /**
   * Asks the peer for a sign of life, on a `probe` command; a rejection counts as a loss. While one probe is running,
   * further `probe` commands are ignored, so give it a deadline.
   */
  probe?(connection: TConnection, context: ProbeContext): PromiseLike<unknown>;
  /**
   * Decides how long to wait, in milliseconds: `ms` or `Continue(ms)`; `Break(value)` ends the link. Without it the
   * option `backoff` decides.
   */
  retryDelay?(failure: FailureContext): RetryDelay<TOutput> | PromiseLike<RetryDelay<TOutput>>;
  /**
   * Classifies errors of `connect`, `run`, `closed` and `probe` that neither `fatal()` nor `retryable()` made; it is not
   * called for a connect timeout or an abort. `true` means `'transient'`, `false` means `'fatal'`, undefined leaves it
   * to the library. If it throws, the error is permanent.
   */
  isRetryable?(error: unknown, facts: ErrorFacts): boolean | Verdict | undefined;
  /** Releases a connection. Without it `Symbol.asyncDispose` is used, else `Symbol.dispose`. */
  disconnect?(connection: TConnection): void | PromiseLike<void>;
  /**
   * The peer, such as `host:port`: names the queue of a limiter, unless the option `limiterKey` is set. A function is
   * called before each attempt, if there is a limiter.
   */
  readonly limiterKey?: string | (() => string);
  /** Asked for a permit before each attempt, in place of the option `limiter`. */
  readonly limiter?: ConnectLimiter;
  /** The peer, for `schmoozer/diagnostics`. A function is called when something is reported; it must be quick. */
  readonly peer?: Peer | (() => Peer | undefined);
}

/** A connector of any types, for code that only passes it on. */
// oxlint-disable-next-line typescript/no-explicit-any -- variance: nothing narrower accepts every connector
export type AnyConnector = Connector<any, any>;
