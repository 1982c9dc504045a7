import type { ConnectLimiter } from './limiter.js';

/** Go on: reconnect. In `retryDelay` the payload is the delay in milliseconds. */
export interface Continue<T = undefined> {
  /** What tells it from a `Break`. */
  readonly type: 'Continue';
  // Not `value`: TypeScript would take a Continue's value for the output that only a Break brings.
  /** The value that was passed: in `retryDelay` a delay in milliseconds. */
  readonly payload: T;
}

/** Leave the loop for good, with a result. */
export interface Break<T = undefined> {
  /** What tells it from a `Continue`. */
  readonly type: 'Break';
  /** The result of the loop. */
  readonly value: T;
}

/** Whether the loop goes on or ends, as in Rust's `std::ops::ControlFlow`. */
export type ControlFlow<TBreak = void, TContinue = void> = Break<TBreak> | Continue<TContinue>;

/** The answer of `run` that asks for the next connection: the loop continues after the delay of the backoff. */
export function Continue(): Continue;
/** The answer of `retryDelay` that sets the delay before the next attempt: `payload`, in milliseconds. */
export function Continue<T>(payload: T): Continue<T>;
export function Continue(payload?: unknown): Continue<unknown> {
  return { type: 'Continue', payload };
}

/** The answer of `run` or `retryDelay` that ends the loop without a result; the link is `completed`. */
export function Break(): Break;
/** The answer of `run` or `retryDelay` that ends the loop; `value` is the result of `run()` and of `ended()`. */
export function Break<T>(value: T): Break<T>;
export function Break(value?: unknown): Break<unknown> {
  return { type: 'Break', value };
}

/** Whether a value is a `Continue` or a `Break`, also one that another copy of this package made. */
export function isControlFlow(value: unknown): value is ControlFlow<unknown, unknown> {
  const type = (value as { type?: unknown } | null | undefined)?.type;
  return type === 'Continue' || type === 'Break';
}

/** What `connect` is told about the attempt it makes. */
export interface ConnectContext {
  /**
   * Aborted by a command, on timeout and when a parent stops the actor; its `reason` is a typed error.
   * Made when it is first read: a copy by `{ ...attempt }` has none.
   */
  readonly signal: AbortSignal;
  /** Consecutive failed attempts so far: 0 on the first and after a good session. */
  readonly attempt: number;
  /** The number the session gets if this attempt succeeds; the first is 1. */
  readonly epoch: number;
  /** What the last session or attempt threw; undefined if it threw nothing, and once this attempt is over. */
  readonly lastError: unknown;
}

/** What `run` is told about the session it serves. */
export interface RunContext {
  /** Aborted when the session is to end, or its connection was lost; its `reason` is a typed error. */
  readonly signal: AbortSignal;
  /** The session's number; the first is 1. */
  readonly epoch: number;
}

/** How a connection ended by itself. */
export interface ConnectionEnd {
  /** What broke it; undefined for an end in order. */
  readonly error?: unknown;
  /** What else is known, for events: plain data, such as a close code. */
  readonly detail?: unknown;
  /** Settles when all that had arrived has been read; until then, but no longer than `gracePeriodMs`, `run` reads on. */
  readonly drained?: PromiseLike<unknown>;
}

/** What `probe` is told. */
export interface ProbeContext {
  /** Aborted when the session ends. */
  readonly signal: AbortSignal;
}

/** Whom a connector connects to: what may be seen in logs and metrics, without any secret. */
export interface Peer {
  /** The name or the address of the host, or the path of a socket; in a URL, what may be secret is left out when it is told. */
  readonly address?: string | undefined;
  /** The port of the host; undefined for a socket. */
  readonly port?: number | undefined;
  /** What is spoken there, in lower case, such as `amqp`, `mqtt`, `redis`, `websocket`. */
  readonly protocol?: string | undefined;
  /** What carries it: `tcp`, or `unix` for a socket or a pipe on this machine. */
  readonly transport?: string | undefined;
}

/** What a policy is told about the failure it decides on. */
export interface FailureContext {
  /** Which method failed; a timeout of `connect` counts as `connect`. */
  readonly phase: 'connect' | 'run';
  /** What was thrown; undefined when `run` returned `Continue`. */
  readonly error: unknown;
  /** Consecutive failed attempts including this one; the first is 1. */
  readonly attempt: number;
  /** The delay before the attempt that failed, in milliseconds; 0 at the first. */
  readonly previousDelayMs: number;
  /** The delay that the error asked for by `retryable(error, { delayMs })`, in milliseconds; undefined if none. */
  readonly hintMs: number | undefined;
  /** Milliseconds since the last good session went offline, or since the actor was created. */
  readonly downMs: number;
  /** Aborted when the answer is no longer wanted. */
  readonly signal: AbortSignal;
}

/**
 * What follows an error. `transient`: the policy decides. `permanent`: it looks as if another attempt would not mend
 * it, so the option `failFast` decides. `fatal`: the loop ends.
 */
export type Verdict = 'transient' | 'permanent' | 'fatal';

/** What `isRetryable` is told beside the error. */
export interface ErrorFacts {
  /** Which method failed; a timeout of `connect` counts as `connect`. */
  readonly phase: 'connect' | 'run';
  /** Failed attempts in a row before this failure; 0 in a stable session. */
  readonly attempt: number;
  /** The number of the latest session; 0 before the first. */
  readonly epoch: number;
  /** Whether the link has ever had a good session, one that became stable. */
  readonly hasBeenStable: boolean;
}

/** What `retryDelay` answers: milliseconds >= 0, bare or in a `Continue`, or a `Break`. */
export type RetryDelay<TOutput = void> = number | ControlFlow<TOutput, number | undefined>;

/** What `run` resolves to; named so that the compiler says what a `run` without `return` has forgotten. */
export type ContinueOrBreak<TOutput = void> = Continue<unknown> | Break<TOutput>;

/** A promise of `Continue()` or `Break(value)`. The compiler explains a wrong `Promise` shortly, but no other thenable. */
export type RunAnswer<TOutput = void> =
  | Promise<ContinueOrBreak<TOutput>>
  | PromiseLike<ContinueOrBreak<TOutput>>;

/** The user's object: how to get a connection and what to do with it. */
export interface Connector<TConnection, TOutput = void> {
  /** Opens one connection; rejects to be asked again later, with `fatal(error)` to give up. */
  connect(attempt: ConnectContext): PromiseLike<TConnection>;
  /** Serves one connection until it ends; the machine releases the connection when this settles. */
  run(connection: TConnection, session: RunContext): RunAnswer<TOutput>;
  /**
   * Settles when the connection is gone by itself; a rejection is what broke it. Called once for each session, right
   * after `run`. Without it only `run` can notice.
   */
  closed?(connection: TConnection): PromiseLike<ConnectionEnd | void>;
  /**
   * Asks the peer for a sign of life, on a `probe` command; a rejection is a loss. A command that comes while one is
   * under way is ignored: give it a deadline of its own.
   */
  probe?(connection: TConnection, context: ProbeContext): PromiseLike<unknown>;
  /**
   * Decides how long to wait, in milliseconds: `ms` or `Continue(ms)`; `Break(value)` leaves the loop. Without it
   * `options.backoff` decides.
   */
  retryDelay?(failure: FailureContext): RetryDelay<TOutput> | PromiseLike<RetryDelay<TOutput>>;
  /**
   * Sorts the errors that neither `fatal()` nor `retryable()` made: `true` is `'transient'`, `false` is `'fatal'`,
   * undefined leaves it to the library. If it throws, the error is permanent.
   */
  isRetryable?(error: unknown, facts: ErrorFacts): boolean | Verdict | undefined;
  /** Releases a connection; without it `Symbol.asyncDispose`, then `Symbol.dispose` is used. */
  disconnect?(connection: TConnection): void | PromiseLike<void>;
  /**
   * Whom it connects to, such as `host:port`: the queue of a limiter, unless the option of this name has another. A
   * function is asked before each attempt, if there is a limiter.
   */
  readonly limiterKey?: string | (() => string);
  /** Asked for a permit before each attempt, in place of the option `limiter`. */
  readonly limiter?: ConnectLimiter;
  /** Whom it connects to, for `schmoozer/diagnostics`. A function is asked when something is told; it must be quick. */
  readonly peer?: Peer | (() => Peer | undefined);
}

/** A connector of any types, for code that only passes it on. */
// oxlint-disable-next-line typescript/no-explicit-any -- variance: nothing narrower accepts every connector
export type AnyConnector = Connector<any, any>;
