import type { Verdict } from '../core/connector.js';
import type {
  AbortCause,
  CloseCause,
  ClosingCause,
  ReconnectOutput,
} from '../machine/vocabulary.js';

/** The facts of an error: never the error itself, which may contain credentials. */
export interface DiagnosticsFailure {
  /** The class of the error. */
  readonly name: string;
  /** One line of at most 1000 characters, with addresses without user, password, query and fragment. */
  readonly message: string;
  /** The stable code, if it has one. */
  readonly code: string | undefined;
}

/** The server of a link, by the names of OpenTelemetry: `server.address`, `server.port`. */
export interface DiagnosticsServer {
  /** Name or address of the host, or the path of a socket. */
  readonly address: string | undefined;
  /** The port of the host; undefined for a socket. */
  readonly port: number | undefined;
}

/** The network of a link, by the names of OpenTelemetry: `network.transport`, `network.protocol.name`. */
export interface DiagnosticsNetwork {
  /** `tcp` or `unix`, or the connector's own value. */
  readonly transport: string | undefined;
  /** The name of the protocol, such as `websocket`. */
  readonly protocol: { readonly name: string | undefined };
}

/** The fields of every message about a link. */
export interface LinkMessage {
  /** Identifies the link in this process; counts from 1. */
  readonly linkId: number;
  /** The name given to `diagnose`, or that of a link in a group, or the `id` of the actor. */
  readonly name: string | undefined;
  /** The server of the link. */
  readonly server: DiagnosticsServer;
  /** The network of the link. */
  readonly network: DiagnosticsNetwork;
}

/** The state of a link, by its tags; `ended` is the last. */
export type DiagnosticsState =
  | 'queued'
  | 'connecting'
  | 'online'
  | 'closing'
  | 'waiting'
  | 'suspended'
  | 'stopping'
  | 'ended';

/** A link has changed its state. */
export interface LinkStateMessage extends LinkMessage {
  /** The state before; undefined in the first message. */
  readonly from: DiagnosticsState | undefined;
  /** The state it is in now. */
  readonly to: DiagnosticsState;
  /** How long the link was in `from`, in milliseconds; 0 in the first message. */
  readonly ms: number;
}

/** A link has ended. */
export interface LinkEndedMessage extends LinkMessage {
  /**
   * How the link ended. `stopped`: by a `stop` command; `halted`: its actor was stopped at once, or has failed, before
   * the link reached its final state.
   */
  readonly status: ReconnectOutput['status'] | 'halted';
  /** The error that ended it, if that was a failure. */
  readonly error: DiagnosticsFailure | undefined;
}

/** An attempt waits for a permit of the limiter. */
export interface ConnectionQueuedMessage extends LinkMessage {
  /** The limiter's queue, that is, the `limiterKey`; with `exclusive` the lock, such as `lock feed`. */
  readonly key: string;
}

/** `connect` has resolved: a session begins. */
export interface ConnectionOpenedMessage extends LinkMessage {
  /** Number of failures in a row before this attempt. */
  readonly attempt: number;
  /** The session's number; the first is 1. */
  readonly epoch: number;
  /** From the call of `connect` to the connection, in milliseconds. */
  readonly connectMs: number;
  /** How long the attempt waited for a permit, in milliseconds; 0 without a limiter. */
  readonly queuedMs: number;
  /** Time since the last good session ended, or since the link was created, in milliseconds. */
  readonly downMs: number;
}

/** A session has lasted `stableAfterMs`. */
export interface ConnectionStableMessage extends LinkMessage {
  /** The session's number; the first is 1. */
  readonly epoch: number;
}

/** A session is no longer online; its connection is not released yet. */
export interface ConnectionClosingMessage extends LinkMessage {
  /** The session's number; the first is 1. */
  readonly epoch: number;
  /** Why the session is no longer online, as in `connection.closing`; `halted`: its actor was stopped or has failed. */
  readonly cause: ClosingCause | 'halted';
  /** How long it was online, in milliseconds. */
  readonly upMs: number;
  /** The error that broke the connection, or that `run` threw. */
  readonly error: DiagnosticsFailure | undefined;
}

/** A session has ended and its connection is released. */
export interface ConnectionClosedMessage extends LinkMessage {
  /** The session's number; the first is 1. */
  readonly epoch: number;
  /** Why the session ended, as in `connection.closed`; `halted`: its actor was stopped or has failed. */
  readonly cause: CloseCause | 'halted';
  /** How long it was online, in milliseconds. */
  readonly upMs: number;
  /** True if it became stable. */
  readonly isStable: boolean;
  /** The failure; undefined if there was none, and for an error that only confirms a command. */
  readonly error: DiagnosticsFailure | undefined;
  /** The error of the release. */
  readonly releaseError: DiagnosticsFailure | undefined;
}

/** A link waits before its next attempt. */
export interface RetryScheduledMessage extends LinkMessage {
  /** Number of failures in a row, including the last one. */
  readonly attempt: number;
  /** Delay in milliseconds; `Infinity` waits for a command. */
  readonly delayMs: number;
  /** The error of the last attempt or session; undefined after `Continue`. */
  readonly error: DiagnosticsFailure | undefined;
  /** The verdict on the error. */
  readonly verdict: Verdict | undefined;
}

/** One attempt. All messages of its trace are the same object, whose fields are filled in over time. */
export interface ConnectTraceMessage extends LinkMessage {
  /** Number of failures in a row before this attempt. */
  readonly attempt: number;
  /** The number of the session if the attempt succeeds; the first is 1. */
  readonly epoch: number;
  /** How long it waited for a permit of the limiter, in milliseconds. */
  readonly queuedMs: number;
  /** How the attempt ended; undefined on `start` and `end`. */
  readonly outcome: 'opened' | 'failed' | 'timeout' | 'aborted' | undefined;
  /**
   * How long the attempt took, from the call of `connect` to its end, in milliseconds; undefined on `start` and `end`.
   */
  readonly connectMs: number | undefined;
  /** With `failed` and `timeout`: the error of the attempt. */
  readonly error: DiagnosticsFailure | undefined;
  /** With `failed` and `timeout`: the verdict on the error. */
  readonly verdict: Verdict | undefined;
  /** With `aborted`: the command that ended the attempt, or `halted` if the actor was stopped or has failed. */
  readonly cause: AbortCause | 'halted' | undefined;
}

/** One session. All messages of its trace are the same object, whose fields are filled in over time. */
export interface SessionTraceMessage extends LinkMessage {
  /** Number of failures in a row before the attempt that opened it. */
  readonly attempt: number;
  /** The session's number; the first is 1. */
  readonly epoch: number;
  /** Why the session ended; undefined on `start` and `end`. */
  readonly cause: CloseCause | 'halted' | undefined;
  /** How long it was online, in milliseconds; undefined on `start` and `end`. */
  readonly upMs: number | undefined;
  /** True if it became stable; undefined on `start` and `end`. */
  readonly isStable: boolean | undefined;
  /** The error that ended it, if it failed; undefined on `start` and `end`. */
  readonly error: DiagnosticsFailure | undefined;
  /** The error of the release, if it failed; undefined on `start` and `end`. */
  readonly releaseError: DiagnosticsFailure | undefined;
}

/** The fields of every message about a limiter. */
export interface LimiterMessage {
  /** Identifies the limiter in this process; counts from 1. */
  readonly limiterId: number;
  /** The limiter's queue, that is, the `limiterKey`. */
  readonly key: string;
}

/** The queue of a limiter has changed. */
export interface LimiterQueueMessage extends LimiterMessage {
  /**
   * The change of one attempt. `queued`: it waits; `withdrawn`: it waits no longer, and is not made; `granted`: it may
   * be made; `settled`: it has ended.
   */
  readonly change: 'queued' | 'withdrawn' | 'granted' | 'settled';
  /**
   * With `settled`: the outcome of the attempt. `overloaded`: the server asked for a delay; `ignored`: it says nothing
   * about the server, for instance after a command.
   */
  readonly outcome: 'opened' | 'failed' | 'overloaded' | 'ignored' | undefined;
  /** Number of waiting attempts of this key, after the change. */
  readonly queued: number;
  /** Number of running attempts of this key, after the change. */
  readonly inFlight: number;
}

/** The pace of a limiter has changed. */
export interface LimiterPaceMessage extends LimiterMessage {
  /** Attempts per second. */
  readonly perSecond: number;
  /** The pace before, in attempts per second; undefined in the first message. */
  readonly previousPerSecond: number | undefined;
  /** The rate that the server accepted at the last overload, in attempts per second; undefined if unknown. */
  readonly threshold: number | undefined;
  /** `late`: attempts take longer than before; `idle`: the key was not used for a while. */
  readonly cause: 'start' | 'opened' | 'failed' | 'overloaded' | 'late' | 'idle';
}

/** A process has waited for permits of the budget of its fleet. */
export interface BudgetWaitedMessage {
  /** The key of the attempts that waited. */
  readonly key: string;
  /** Number of permits requested together. */
  readonly permits: number;
  /** `withdrawn`: no attempt waits any more; `degraded`: the store has failed, and the process uses its own pace. */
  readonly outcome: 'granted' | 'withdrawn' | 'degraded';
  /** After how long the permits may be used, as the store answered, in milliseconds; undefined without an answer. */
  readonly delayMs: number | undefined;
  /** Time from the request to the store until the permits were available, or the wait ended, in milliseconds. */
  readonly waitMs: number;
}

/** The store of a budget does not answer: the process makes attempts at its own pace. */
export interface BudgetDegradedMessage {
  /** The key of the request that failed. */
  readonly key: string;
  /** The error of the store, or a timeout. */
  readonly error: DiagnosticsFailure;
}

/** The store of a budget answers again. */
export interface BudgetRestoredMessage {
  /** How long the store did not answer, in milliseconds. */
  readonly downMs: number;
}

/**
 * An endpoint has failed too often, and is used after all others for a while. The fields of the link are present if
 * `diagnoseAll` or `diagnose` covers that link.
 */
export interface EndpointEjectedMessage extends Partial<LinkMessage> {
  /** The endpoint's name or address, without parts that may be secret. */
  readonly endpoint: string;
  /** How long the endpoint is set aside, in milliseconds. */
  readonly forMs: number;
}

/** A group restarts a link that has failed. */
export interface RestartScheduledMessage {
  /** The link's name in its group. */
  readonly name: string;
  /** Number of restarts within the last `periodMs`, including this one. */
  readonly restarts: number;
  /** How long the restart waits, in milliseconds. */
  readonly delayMs: number;
  /** The error that ended the link. */
  readonly error: DiagnosticsFailure;
}

/** A group no longer restarts a failed link. */
export interface LinkGivenUpMessage {
  /** The link's name in its group. */
  readonly name: string;
  /** The error that ended the link. */
  readonly error: DiagnosticsFailure;
}
