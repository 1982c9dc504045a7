import type { Verdict } from '../core/connector.js';

/** The leaves of the chart, as paths. */
export const statePaths = [
  'connecting.queued',
  'connecting.attempting',
  'connecting.overdue',
  'connecting.restarting',
  'connecting.suspending',
  'connecting.stopping',
  'running.settling',
  'running.stable',
  'running.draining',
  'running.closing',
  'running.reconnecting',
  'running.suspending',
  'running.stopping',
  'waiting.choosing',
  'waiting.deciding',
  'waiting.delaying',
  'waiting.suspended',
  'stopped',
] as const;
export type StatePath = (typeof statePaths)[number];

/** The four top-level states. */
export type StateName = StatePath extends infer P
  ? P extends `${infer Name}.${string}`
    ? Name
    : P
  : never;

/** The names of the leaves inside a top-level state. */
export type LeafOf<TName extends StateName> = StatePath extends infer P
  ? P extends `${TName}.${infer Leaf}`
    ? Leaf
    : never
  : never;

/** Leaves that are left in the same step in which they are entered: no snapshot shows one. */
type TransientPath = 'waiting.choosing';

/** The leaves in which the machine stays between two events. */
export type RestingPath = Exclude<StatePath, TransientPath>;

export function isTransient(path: StatePath): path is TransientPath {
  return path === 'waiting.choosing';
}

/** The machine's state value: check tags instead of `snapshot.matches(...)`. */
export type ReconnectStateValue = {
  [Name in StateName]: LeafOf<Name> extends never ? Name : { [Key in Name]: LeafOf<Name> };
}[StateName];

/**
 * The tags to check with `snapshot.hasTag(...)`: states may be split later, tags stay. An active link has exactly one
 * of `connecting`, `online`, `closing`, `waiting`, `suspended` and `stopping`. `queued` is an additional tag of some
 * `connecting` states, and `offline` is present wherever `online` is not.
 */
export const tags = [
  // Listed before `connecting`, with which it occurs: code that wants one word takes the first.
  'queued',
  'connecting',
  'online',
  'closing',
  'waiting',
  'suspended',
  'stopping',
  'offline',
] as const;

/**
 * A tag of a link's snapshot: check it with `snapshot.hasTag(tag)`. While the link is active, it has exactly one of
 * `connecting`, `online`, `closing`, `waiting`, `suspended` and `stopping`. It has `queued` beside `connecting` while
 * it waits for a permit, and `offline` whenever it does not have `online`.
 */
export type ReconnectTag = (typeof tags)[number];

/** The names of the commands: see `ReconnectCommand`. */
export const commands = [
  'stop',
  'reconnect',
  'suspend',
  'resume',
  'probe',
] as const satisfies readonly ReconnectCommand['type'][];

export function isCommand(type: string): type is ReconnectCommand['type'] {
  return (commands as readonly string[]).includes(type);
}

/** The names of the events that the machine emits: see `ReconnectEmitted`. */
export const emittedTypes = [
  'attempt.started',
  'attempt.failed',
  'attempt.aborted',
  'connection.queued',
  'connection.opened',
  'connection.stable',
  'connection.closing',
  'connection.closed',
  'retry.scheduled',
  'link.suspended',
  'link.resumed',
  'link.ended',
] as const satisfies readonly ReconnectEmitted['type'][];

/** The user's methods that the chart invokes, each as a child with that id. */
export const children = ['connect', 'run', 'retryDelay'] as const;
export type ChildId = (typeof children)[number];

/** The reports of a child to the machine while it works. */
export const reports = [
  /** The limiter has no permit yet. */
  'connect.queued',
  /** `connect` is called. */
  'connect.started',
  /** Everything that had arrived before a late deadline has been delivered. */
  'connect.turned',
  /** The connection was lost: `closed` has settled, or `probe` has rejected. */
  'run.lost',
  /** Everything that had arrived on a lost connection has been read. */
  'run.drained',
  /** `run` has settled; the release is still running. */
  'run.settled',
] as const;
export type Report = (typeof reports)[number];

/** The commands that the owner of a link may send. */
export type ReconnectCommand =
  /** Ends the link in `stopped`, from any state; further `stop`s are ignored. */
  | { readonly type: 'stop'; readonly reason?: unknown }
  /**
   * Drops the current session or attempt and connects at once; in `waiting`, skips the wait. Ignored while queued or
   * suspended.
   */
  | { readonly type: 'reconnect'; readonly reason?: unknown }
  /** Drops the current session or attempt and waits without a timer, until `resume` or `stop`. */
  | { readonly type: 'suspend'; readonly reason?: unknown }
  /** Ends a suspension: connects at once. Ignored elsewhere. */
  | { readonly type: 'resume'; readonly reason?: unknown }
  /** Calls the connector's `probe` while online; its rejection counts as a loss. Ignored elsewhere. */
  | { readonly type: 'probe'; readonly reason?: unknown };

/**
 * Why a session is no longer online. `lost`: `closed` has settled or `probe` has rejected; `settled`: `run` has
 * settled; otherwise the command.
 */
export type ClosingCause = 'lost' | 'settled' | 'stop' | 'reconnect' | 'suspend';

/**
 * Why a session ended. `continue`, `break`: the answer of `run`; `lost`: `closed` has settled or `probe` has rejected;
 * `retryable`: `run` threw, and the link continues; `fatal`: an error ended the link; `reconnect`, `suspend`, `stop`:
 * the command.
 */
export type CloseCause =
  | 'continue'
  | 'break'
  | 'retryable'
  | 'fatal'
  | 'lost'
  | 'reconnect'
  | 'suspend'
  | 'stop';

/** Why an attempt was aborted before `connect` settled. */
export type AbortCause = 'stop' | 'reconnect' | 'suspend';

/**
 * The events that the machine emits: listen with `actor.on(type, handler)`. Every beginning has an end, unless a parent
 * stops the actor: an `attempt.started` is followed by exactly one of `attempt.failed`, `attempt.aborted` and
 * `connection.opened`; a `connection.opened` by `connection.closing` and `connection.closed`. Durations are in
 * milliseconds.
 */
export type ReconnectEmitted =
  | {
      /** `connect` is called. */
      readonly type: 'attempt.started';
      /** Number of failures in a row before this attempt. */
      readonly attempt: number;
      /** The number of the session if this attempt succeeds; the first session is 1. */
      readonly epoch: number;
    }
  | {
      /** `connect` threw, or took longer than `connectTimeoutMs`. */
      readonly type: 'attempt.failed';
      /** Number of failures in a row before this attempt. */
      readonly attempt: number;
      /** The number that the session would have got. */
      readonly epoch: number;
      /** What `connect` threw, or ConnectTimeoutError. */
      readonly error: unknown;
      /** The verdict on `error`. */
      readonly verdict: Verdict;
      /** Time from the call of `connect` to its failure. */
      readonly connectMs: number;
    }
  | {
      /** A command ended the attempt before `connect` settled. */
      readonly type: 'attempt.aborted';
      /** Number of failures in a row before this attempt. */
      readonly attempt: number;
      /** The number that the session would have got. */
      readonly epoch: number;
      /** The command. */
      readonly cause: AbortCause;
    }
  | {
      /** The limiter has no permit yet: the attempt waits for one. */
      readonly type: 'connection.queued';
      /** The queue in which it waits: `limiterKey`; with `exclusive` the lock, such as `lock feed`. */
      readonly key: string;
    }
  | {
      /** `connect` has resolved: the session begins. */
      readonly type: 'connection.opened';
      /** The session's number; the first is 1. */
      readonly epoch: number;
      /** Number of failures in a row before this attempt. */
      readonly attempt: number;
      /** Time from the call of `connect` to the open connection. */
      readonly connectMs: number;
      /** How long the attempt waited for a permit; 0 without a limiter. */
      readonly queuedMs: number;
      /** Time since the last good session ended, or since the actor was created. */
      readonly downMs: number;
    }
  | {
      /** The session has lasted `stableAfterMs`. */
      readonly type: 'connection.stable';
      /** The session's number; the first is 1. */
      readonly epoch: number;
    }
  | {
      /** The session is no longer online; the connection has not been released yet. */
      readonly type: 'connection.closing';
      /** The session's number; the first is 1. */
      readonly epoch: number;
      /** Why. */
      readonly cause: ClosingCause;
      /** The error that broke the connection, or that `run` threw. */
      readonly error?: unknown;
      /** The `detail` that `closed` resolved to. */
      readonly detail?: unknown;
      /** Time since `connection.opened`. */
      readonly upMs: number;
    }
  | {
      /** The session has ended. */
      readonly type: 'connection.closed';
      /** The session's number; the first is 1. */
      readonly epoch: number;
      /** Why. */
      readonly cause: CloseCause;
      /** How long the session was online. */
      readonly upMs: number;
      /** True if the session became stable. */
      readonly isStable: boolean;
      /**
       * The failure, or GracePeriodError when `run` did not settle in time. Absent after `Continue`, `Break` and an
       * orderly end, and after a command if `run` threw nothing but the abort.
       */
      readonly error?: unknown;
      /** The `detail` that `closed` resolved to. */
      readonly detail?: unknown;
      /** The error of the connection's release, or GracePeriodError when it did not settle in time. */
      readonly releaseError?: unknown;
    }
  | {
      /** The link waits before the next attempt. */
      readonly type: 'retry.scheduled';
      /** Number of failures in a row, including the last one. */
      readonly attempt: number;
      /** Time until the next attempt; `Infinity`: only a `reconnect` command ends the wait. */
      readonly delayMs: number;
      /** The error of the last attempt or session; absent after `Continue`. */
      readonly error?: unknown;
      /** The verdict on `error`: a `permanent` error that is retried deserves a look. */
      readonly verdict?: Verdict;
    }
  /** The link waits for `resume`. */
  | { readonly type: 'link.suspended' }
  /** A suspension has ended. */
  | { readonly type: 'link.resumed' }
  | {
      /** The last event of a link. */
      readonly type: 'link.ended';
      /** How the link ended. */
      readonly output: ReconnectOutput;
    };

/** How the link ended. */
export type ReconnectOutput<TOutput = unknown> =
  /** `run` or `retryDelay` resolved to `Break(value)`. */
  | { readonly status: 'completed'; readonly value: TOutput }
  /** An error ended the link, or `retryDelay` or the backoff gave up. */
  | { readonly status: 'failed'; readonly error: unknown }
  /**
   * A `stop` command ended the link; `error` is what `connect` or `run` threw after that, unless it is only the abort.
   */
  | { readonly status: 'stopped'; readonly reason?: unknown; readonly error?: unknown };
