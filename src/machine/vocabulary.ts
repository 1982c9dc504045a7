import type { Verdict } from '../core/connector.js';

/** The leaves of the chart, as paths: where the machine can be. */
export const statePaths = [
  'connecting.attempting',
  'connecting.stopping',
  'running.settling',
  'running.stable',
  'running.reconnecting',
  'running.stopping',
  'waiting.choosing',
  'waiting.deciding',
  'waiting.delaying',
  'stopped',
] as const;
export type StatePath = (typeof statePaths)[number];

/** The four top-level states. */
export type StateName = StatePath extends infer P
  ? P extends `${infer Name}.${string}`
    ? Name
    : P
  : never;

/** The leaves inside a top-level state, by their own names. */
export type LeafOf<TName extends StateName> = StatePath extends infer P
  ? P extends `${TName}.${infer Leaf}`
    ? Leaf
    : never
  : never;

/** Leaves that the machine leaves in the step in which it enters them: no snapshot shows one. */
type TransientPath = 'waiting.choosing';

/** The leaves in which the machine rests between two events. */
export type RestingPath = Exclude<StatePath, TransientPath>;

export function isTransient(path: StatePath): path is TransientPath {
  return path === 'waiting.choosing';
}

/** Where the machine can be: ask tags rather than `snapshot.matches(...)`. */
export type ReconnectStateValue = {
  [Name in StateName]: LeafOf<Name> extends never ? Name : { [Key in Name]: LeafOf<Name> };
}[StateName];

/**
 * The public question: ask with `snapshot.hasTag(...)`; states may be split later, tags stay. An active link has
 * one of `connecting`, `online` and `waiting`, but for a session that is ending; `offline` is wherever `online` is
 * not, and `stopping` comes besides.
 */
export const tags = ['connecting', 'online', 'waiting', 'offline', 'stopping'] as const;
export type ReconnectTag = (typeof tags)[number];

/** The names of the commands: see `ReconnectCommand`. */
export const commands = [
  'stop',
  'reconnect',
] as const satisfies readonly ReconnectCommand['type'][];

export function isCommand(type: string): type is ReconnectCommand['type'] {
  return (commands as readonly string[]).includes(type);
}

/** The names of what the machine emits: see `ReconnectEmitted`. */
export const emittedTypes = [
  'connection.opened',
  'connection.closed',
  'retry.scheduled',
] as const satisfies readonly ReconnectEmitted['type'][];

/** The user's methods that the chart invokes, each as a child of that id. */
export const children = ['connect', 'run', 'retryDelay'] as const;
export type ChildId = (typeof children)[number];

/** What an owner may ask of the machine. */
export type ReconnectCommand =
  /** Ends in `stopped`, from anywhere; a second one changes nothing. */
  | { readonly type: 'stop'; readonly reason?: unknown }
  /** Running: drops the session and connects at once. Waiting: skips the wait. Connecting: ignored. */
  | { readonly type: 'reconnect'; readonly reason?: unknown };

/** Why a session ended. */
export type CloseCause = 'continue' | 'break' | 'retryable' | 'fatal' | 'reconnect' | 'stop';

/** What the machine tells of: listen with `actor.on(type, handler)`. */
export type ReconnectEmitted =
  | {
      readonly type: 'connection.opened';
      /** The session's number; the first is 1. */
      readonly epoch: number;
      /** Failed tries in a row before this one. */
      readonly attempt: number;
    }
  | {
      readonly type: 'connection.closed';
      readonly epoch: number;
      readonly cause: CloseCause;
      /** What `run` threw, or GracePeriodError when it did not settle in time. */
      readonly error?: unknown;
      /** What releasing the connection threw, or GracePeriodError when it did not settle in time. */
      readonly releaseError?: unknown;
    }
  | {
      readonly type: 'retry.scheduled';
      /** Failed tries in a row, the last one included. */
      readonly attempt: number;
      /** Milliseconds until the next attempt; `Infinity`: only a `reconnect` command ends the wait. */
      readonly delayMs: number;
      /** What the last attempt or session threw; absent after `Continue`. */
      readonly error?: unknown;
      /** How that was sorted: a `permanent` error that is retried is worth a look. */
      readonly verdict?: Verdict;
    };

/** How the loop ended. */
export type ReconnectOutput<TOutput = unknown> =
  /** `run` or `retryDelay` answered `Break(value)`. */
  | { readonly status: 'completed'; readonly value: TOutput }
  /** A fatal error, or a policy that gave up. */
  | { readonly status: 'failed'; readonly error: unknown }
  /** A `stop` command; `error` is what came up while draining. */
  | { readonly status: 'stopped'; readonly reason?: unknown; readonly error?: unknown };
