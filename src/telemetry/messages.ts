import type { Verdict } from '../core/connector.js';
import type {
  AbortCause,
  CloseCause,
  ClosingCause,
  ReconnectOutput,
} from '../machine/vocabulary.js';

/** What may be known of an error: never the error itself, which may hold credentials. */
export interface DiagnosticsFailure {
  /** The class of the error. */
  readonly name: string;
  /** In one line of at most 1000 characters, addresses without user, password and query. */
  readonly message: string;
  /** The stable code, if it has one. */
  readonly code: string | undefined;
}

/** Where a link connects to, by the names of OpenTelemetry: `server.address`, `server.port`. */
export interface DiagnosticsServer {
  /** Name or address of the host, or the path of a socket. */
  readonly address: string | undefined;
  /** The port of the host; undefined for a socket. */
  readonly port: number | undefined;
}

/** `network.transport`, `network.protocol.name`. */
export interface DiagnosticsNetwork {
  /** `tcp` or `unix`, or what the connector says. */
  readonly transport: string | undefined;
  /** What is spoken there, such as `websocket`. */
  readonly protocol: { readonly name: string | undefined };
}

/** What every message about a link has. */
export interface LinkMessage {
  /** Equal in all messages of one link, and in no other of this process; counts from 1. */
  readonly linkId: number;
  /** The name given to `diagnose`, that of a link in a group, or the `id` of the actor. */
  readonly name: string | undefined;
  /** Where the link connects to. */
  readonly server: DiagnosticsServer;
  /** How it connects. */
  readonly network: DiagnosticsNetwork;
}

/** How a link is, as its tags say it; `ended` is the last. */
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
  /** Undefined at first. */
  readonly from: DiagnosticsState | undefined;
  /** The state it is in now. */
  readonly to: DiagnosticsState;
  /** How long it was in `from`, in milliseconds; 0 at first. */
  readonly ms: number;
}

/** A link has ended. */
export interface LinkEndedMessage extends LinkMessage {
  /** `halted`: the actor was stopped, or has failed, without the chart's end. */
  readonly status: ReconnectOutput['status'] | 'halted';
  /** The error that ended it, if that was a failure. */
  readonly error: DiagnosticsFailure | undefined;
}

/** An attempt waits for a permit of the limiter. */
export interface ConnectionQueuedMessage extends LinkMessage {
  /** The queue of the limiter: `limiterKey`. */
  readonly key: string;
}

/** `connect` has resolved: a session begins. */
export interface ConnectionOpenedMessage extends LinkMessage {
  /** Failed attempts in a row before this one. */
  readonly attempt: number;
  /** The session's number; the first is 1. */
  readonly epoch: number;
  /** From the call of `connect` to the connection, in milliseconds. */
  readonly connectMs: number;
  /** How long the attempt waited for a permit, in milliseconds; 0 without a limiter. */
  readonly queuedMs: number;
  /** Since the last good session ended, or since the link was made. */
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
  /** Why; `halted`: the actor was stopped or has failed. */
  readonly cause: ClosingCause | 'halted';
  /** How long it was online, in milliseconds. */
  readonly upMs: number;
  /** What broke the connection, or what `run` threw. */
  readonly error: DiagnosticsFailure | undefined;
}

/** A session has ended and its connection is released. */
export interface ConnectionClosedMessage extends LinkMessage {
  /** The session's number; the first is 1. */
  readonly epoch: number;
  /** Why; `halted`: the actor was stopped or has failed. */
  readonly cause: CloseCause | 'halted';
  /** How long it was online, in milliseconds. */
  readonly upMs: number;
  /** Whether it became stable. */
  readonly isStable: boolean;
  /** The failure that ended it; undefined when it ended as asked. */
  readonly error: DiagnosticsFailure | undefined;
  /** What releasing the connection threw. */
  readonly releaseError: DiagnosticsFailure | undefined;
}

/** A link waits before its next attempt. */
export interface RetryScheduledMessage extends LinkMessage {
  /** Failed attempts in a row, the last one included. */
  readonly attempt: number;
  /** `Infinity` waits for a command. */
  readonly delayMs: number;
  /** What the last attempt or session threw; undefined after `Continue`. */
  readonly error: DiagnosticsFailure | undefined;
  /** How that error was sorted. */
  readonly verdict: Verdict | undefined;
}

/** One attempt: the same object in all the messages of its trace, which is filled in as it goes on. */
export interface ConnectTraceMessage extends LinkMessage {
  /** Failed attempts in a row before this one. */
  readonly attempt: number;
  /** The number that the session gets if the attempt succeeds; the first is 1. */
  readonly epoch: number;
  /** How long it waited for a permit of the limiter. */
  readonly queuedMs: number;
  /** From `asyncStart` on, as all that follows. */
  readonly outcome: 'opened' | 'failed' | 'timeout' | 'aborted' | undefined;
  /** From the call of `connect`. */
  readonly connectMs: number | undefined;
  /** With `failed` and `timeout`. */
  readonly error: DiagnosticsFailure | undefined;
  /** How the error was sorted, with `failed` and `timeout`. */
  readonly verdict: Verdict | undefined;
  /** With `aborted`. */
  readonly cause: AbortCause | 'halted' | undefined;
}

/** One session: the same object in all the messages of its trace, which is filled in as it goes on. */
export interface SessionTraceMessage extends LinkMessage {
  /** Failed attempts in a row before the one that opened it. */
  readonly attempt: number;
  /** The session's number; the first is 1. */
  readonly epoch: number;
  /** From `asyncStart` on, as all that follows. */
  readonly cause: CloseCause | 'halted' | undefined;
  /** How long it was online, in milliseconds. */
  readonly upMs: number | undefined;
  /** Whether it became stable. */
  readonly isStable: boolean | undefined;
  /** What ended it, if that was a failure. */
  readonly error: DiagnosticsFailure | undefined;
  /** What releasing the connection threw. */
  readonly releaseError: DiagnosticsFailure | undefined;
}

/** What every message about a limiter has. */
export interface LimiterMessage {
  /** Equal in all messages of one limiter, and in no other of this process; counts from 1. */
  readonly limiterId: number;
  /** The queue of the limiter: `limiterKey`. */
  readonly key: string;
}

/** The queue of a limiter has changed. */
export interface LimiterQueueMessage extends LimiterMessage {
  /** What has happened to one attempt: it waits, waits no longer, may be made, is over. */
  readonly change: 'queued' | 'withdrawn' | 'granted' | 'settled';
  /** With `settled`. */
  readonly outcome: 'opened' | 'failed' | 'overloaded' | 'ignored' | undefined;
  /** Attempts of this key that wait, after the change. */
  readonly queued: number;
  /** Attempts of this key under way, after the change. */
  readonly inFlight: number;
}

/** The pace of a limiter has changed. */
export interface LimiterPaceMessage extends LimiterMessage {
  /** Attempts per second. */
  readonly perSecond: number;
  /** Undefined at first. */
  readonly previousPerSecond: number | undefined;
  /** What the server took when it was last too much, in attempts per second; undefined while that is not known. */
  readonly threshold: number | undefined;
  /** `late`: attempts take longer than they did; `idle`: the key was not used for a while. */
  readonly cause: 'start' | 'opened' | 'failed' | 'overloaded' | 'late' | 'idle';
}

/** A process has waited for permits of the budget of its fleet. */
export interface BudgetWaitedMessage {
  /** The key whose attempts have waited. */
  readonly key: string;
  /** How many were asked for together. */
  readonly permits: number;
  /** `withdrawn`: no attempt waits any more; `degraded`: the store is away, and the process goes at its own pace. */
  readonly outcome: 'granted' | 'withdrawn' | 'degraded';
  /** What the store answered; undefined if it had not answered. */
  readonly delayMs: number | undefined;
  /** From the question to the store until the permits were there, or the wait was given up. */
  readonly waitMs: number;
}

/** The store of a budget does not answer: the process makes attempts at its own pace. */
export interface BudgetDegradedMessage {
  /** The key whose reservation failed. */
  readonly key: string;
  /** What the store threw, or that it took too long. */
  readonly error: DiagnosticsFailure;
}

/** The store of a budget answers again. */
export interface BudgetRestoredMessage {
  /** How long it did not, in milliseconds. */
  readonly downMs: number;
}

/** With what is known of its link, if that was heard before. */
export interface EndpointEjectedMessage extends Partial<LinkMessage> {
  /** Its name or address, without what may be secret. */
  readonly endpoint: string;
  /** How long the endpoint is set aside, in milliseconds. */
  readonly forMs: number;
}

/** A group restarts a link that has failed. */
export interface RestartScheduledMessage {
  /** The link's name in its group. */
  readonly name: string;
  /** Restarts that count, this one included. */
  readonly restarts: number;
  /** How long the restart waits, in milliseconds. */
  readonly delayMs: number;
  /** The error that ended the link. */
  readonly error: DiagnosticsFailure;
}

/** A group restarts a failed link no more. */
export interface LinkGivenUpMessage {
  /** The link's name in its group. */
  readonly name: string;
  /** The error that ended the link. */
  readonly error: DiagnosticsFailure;
}
