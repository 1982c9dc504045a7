import type { Verdict } from '../core/connector.js';
import type {
  AbortCause,
  CloseCause,
  ClosingCause,
  ReconnectOutput,
} from '../machine/vocabulary.js';

/** What may be known of an error: never the error itself, which may hold credentials. */
export interface DiagnosticsFailure {
  readonly name: string;
  /** In one line of at most 1000 characters, addresses without user, password and query. */
  readonly message: string;
  readonly code: string | undefined;
}

/** Where a link connects to, by the names of OpenTelemetry: `server.address`, `server.port`. */
export interface DiagnosticsServer {
  readonly address: string | undefined;
  readonly port: number | undefined;
}

/** `network.transport`, `network.protocol.name`. */
export interface DiagnosticsNetwork {
  /** `tcp` or `unix`, or what the connector says. */
  readonly transport: string | undefined;
  readonly protocol: { readonly name: string | undefined };
}

/** What every message about a link has. */
export interface LinkMessage {
  /** Equal in all messages of one link, and in no other of this process; counts from 1. */
  readonly linkId: number;
  /** The name given to `diagnose`, that of a link in a group, or the `id` of the actor. */
  readonly name: string | undefined;
  readonly server: DiagnosticsServer;
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

export interface LinkStateMessage extends LinkMessage {
  /** Undefined at first. */
  readonly from: DiagnosticsState | undefined;
  readonly to: DiagnosticsState;
  /** How long it was in `from`, in milliseconds; 0 at first. */
  readonly ms: number;
}

export interface LinkEndedMessage extends LinkMessage {
  /** `halted`: the actor was stopped, or has failed, without the chart's end. */
  readonly status: ReconnectOutput['status'] | 'halted';
  readonly error: DiagnosticsFailure | undefined;
}

export interface ConnectionQueuedMessage extends LinkMessage {
  /** The queue of the limiter: `limiterKey`. */
  readonly key: string;
}

export interface ConnectionOpenedMessage extends LinkMessage {
  readonly attempt: number;
  readonly epoch: number;
  readonly connectMs: number;
  readonly queuedMs: number;
  /** Since the last good session ended, or since the link was made. */
  readonly downMs: number;
}

export interface ConnectionStableMessage extends LinkMessage {
  readonly epoch: number;
}

export interface ConnectionClosingMessage extends LinkMessage {
  readonly epoch: number;
  readonly cause: ClosingCause | 'halted';
  readonly upMs: number;
  readonly error: DiagnosticsFailure | undefined;
}

export interface ConnectionClosedMessage extends LinkMessage {
  readonly epoch: number;
  readonly cause: CloseCause | 'halted';
  readonly upMs: number;
  readonly isStable: boolean;
  readonly error: DiagnosticsFailure | undefined;
  readonly releaseError: DiagnosticsFailure | undefined;
}

export interface RetryScheduledMessage extends LinkMessage {
  readonly attempt: number;
  /** `Infinity` waits for a command. */
  readonly delayMs: number;
  readonly error: DiagnosticsFailure | undefined;
  readonly verdict: Verdict | undefined;
}

/** One attempt: the same object in all the messages of its trace, which is filled in as it goes on. */
export interface ConnectTraceMessage extends LinkMessage {
  readonly attempt: number;
  readonly epoch: number;
  /** How long it waited for a permit of the limiter. */
  readonly queuedMs: number;
  /** From `asyncStart` on, as all that follows. */
  readonly outcome: 'opened' | 'failed' | 'timeout' | 'aborted' | undefined;
  /** From the call of `connect`. */
  readonly connectMs: number | undefined;
  /** With `failed` and `timeout`. */
  readonly error: DiagnosticsFailure | undefined;
  readonly verdict: Verdict | undefined;
  /** With `aborted`. */
  readonly cause: AbortCause | 'halted' | undefined;
}

/** One session: the same object in all the messages of its trace, which is filled in as it goes on. */
export interface SessionTraceMessage extends LinkMessage {
  readonly attempt: number;
  readonly epoch: number;
  /** From `asyncStart` on, as all that follows. */
  readonly cause: CloseCause | 'halted' | undefined;
  readonly upMs: number | undefined;
  readonly isStable: boolean | undefined;
  /** What ended it, if that was a failure. */
  readonly error: DiagnosticsFailure | undefined;
  readonly releaseError: DiagnosticsFailure | undefined;
}

/** What every message about a limiter has. */
export interface LimiterMessage {
  /** Equal in all messages of one limiter, and in no other of this process; counts from 1. */
  readonly limiterId: number;
  readonly key: string;
}

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

export interface BudgetDegradedMessage {
  /** The key whose reservation failed. */
  readonly key: string;
  readonly error: DiagnosticsFailure;
}

export interface BudgetRestoredMessage {
  readonly downMs: number;
}

/** With what is known of its link, if that was heard before. */
export interface EndpointEjectedMessage extends Partial<LinkMessage> {
  /** Its name or address, without what may be secret. */
  readonly endpoint: string;
  readonly forMs: number;
}

export interface RestartScheduledMessage {
  /** The link's name in its group. */
  readonly name: string;
  /** Restarts that count, this one included. */
  readonly restarts: number;
  readonly delayMs: number;
  readonly error: DiagnosticsFailure;
}

export interface LinkGivenUpMessage {
  /** The link's name in its group. */
  readonly name: string;
  readonly error: DiagnosticsFailure;
}
