// Why: docs/decisions/0050-the-chart-is-data.md
// Why: docs/decisions/0054-a-chart-that-knows-the-world.md
import type { ActionName } from './actions.js';
import type { DelayName } from './delays.js';
import type { GuardName } from './guards.js';
import type {
  ChildId,
  LeafOf,
  ReconnectCommand,
  ReconnectTag,
  Report,
  StateName,
} from './vocabulary.js';

/** `connect` resolved. */
const opened = [
  {
    guard: 'isStableAtOnce',
    target: '#reconnect.running.stable',
    actions: ['recordOpened', 'announceOpened'],
  },
  { target: '#reconnect.running', actions: ['recordOpened', 'announceOpened'] },
] as const;

/** `connect` threw. */
const failed = [
  {
    guard: 'isFatal',
    target: '#reconnect.stopped',
    actions: ['announceAttemptFailed', 'recordFatal'],
  },
  { target: '#reconnect.waiting', actions: ['announceAttemptFailed', 'recordConnectFailure'] },
] as const;

/** Commands while `connect` is running. */
const attemptCommands = {
  stop: { target: 'stopping', actions: ['recordStop', 'announceAborted', 'abortConnect'] },
  reconnect: {
    target: 'restarting',
    actions: ['announceAborted', 'abortConnect', 'recordAborted'],
  },
  suspend: {
    target: 'suspending',
    actions: ['announceAborted', 'abortConnect', 'recordAborted'],
  },
} as const;

/** The events that end an online session. */
const online = {
  'run.lost': [
    { guard: 'hasUnread', target: 'draining', actions: ['recordLoss', 'announceClosing'] },
    { target: 'closing', actions: ['recordLoss', 'announceClosing', 'abortRun'] },
  ],
  'run.settled': { target: 'closing', actions: ['recordSettled', 'announceClosing'] },
  'xstate.done.actor.run': [
    {
      guard: 'isBreak',
      target: '#reconnect.stopped',
      actions: ['announceClosing', 'announceClosed', 'recordBreak'],
    },
    {
      target: '#reconnect.waiting',
      actions: ['announceClosing', 'announceClosed', 'recordSessionEnd'],
    },
  ],
  'xstate.error.actor.run': [
    {
      guard: 'isFatal',
      target: '#reconnect.stopped',
      actions: ['announceClosing', 'announceClosed', 'recordFatal'],
    },
    {
      target: '#reconnect.waiting',
      actions: ['announceClosing', 'announceClosed', 'recordSessionEnd'],
    },
  ],
  stop: {
    target: 'stopping',
    actions: ['recordStop', 'recordOffline', 'announceClosing', 'abortRun'],
  },
  reconnect: {
    target: 'reconnecting',
    actions: ['recordReconnect', 'recordOffline', 'announceClosing', 'abortRun'],
  },
  suspend: {
    target: 'suspending',
    actions: ['recordSuspend', 'recordOffline', 'announceClosing', 'abortRun'],
  },
  probe: { actions: 'probeRun' },
} as const;

const broken = {
  guard: 'isBreak',
  target: '#reconnect.stopped',
  actions: ['announceClosed', 'recordBreak'],
} as const;

const fatal = {
  guard: 'isFatal',
  target: '#reconnect.stopped',
  actions: ['announceClosed', 'recordFatal'],
} as const;

/** A lost session has ended: the result of `run` may outweigh the loss. */
const over = [
  fatal,
  { target: '#reconnect.waiting', actions: ['announceClosed', 'recordSessionEnd'] },
] as const;

/** The session that had to be dropped has ended; if it had already ended without a command, that is a failure. */
const dropped = [
  fatal,
  {
    guard: 'hasEnded',
    target: '#reconnect.connecting',
    actions: ['announceClosed', 'recordSkippedWait'],
  },
  { target: '#reconnect.connecting', actions: 'announceClosed' },
] as const;

/**
 * The loop: connect, run, wait, connect again, stop. This object is plain data and decides alone what happens when. The
 * files beside it define the guards, actions, delays and children that it names. Engines execute it, pictures draw it,
 * proofs walk it.
 */
export const chart = {
  id: 'reconnect',
  description: 'Keeps a connection alive.',
  // For the first choice in `waiting`: a link that resumes begins with a wait.
  initial: 'waiting',
  states: {
    connecting: {
      description: 'A connection is being opened: `connect` is called.',
      initial: 'attempting',
      invoke: { id: 'connect', src: 'connect' },
      states: {
        queued: {
          description: 'Waits for a permit of the limiter; no timeout runs.',
          tags: ['connecting', 'queued', 'offline'],
          on: {
            'connect.started': {
              target: 'attempting',
              actions: ['recordStarted', 'announceStarted'],
            },
            'xstate.error.actor.connect': {
              target: '#reconnect.waiting',
              actions: 'recordConnectFailure',
            },
            stop: { target: '#reconnect.stopped', actions: 'recordStop' },
            suspend: { target: '#reconnect.waiting.suspended', actions: 'recordAborted' },
          },
        },
        attempting: {
          description: 'Waits for `connect`, at most `connectTimeoutMs`.',
          tags: ['connecting', 'offline'],
          after: {
            connectTimeout: [
              { guard: 'isLate', target: 'overdue' },
              {
                target: '#reconnect.waiting',
                actions: ['announceTimedOut', 'abandonConnect', 'recordConnectTimeout'],
              },
            ],
          },
          on: {
            'connect.queued': { target: 'queued', actions: ['recordQueued', 'announceQueued'] },
            'connect.started': { actions: ['recordStarted', 'announceStarted'] },
            'xstate.done.actor.connect': opened,
            'xstate.error.actor.connect': [
              {
                guard: 'isUncalled',
                target: '#reconnect.waiting',
                actions: 'recordConnectFailure',
              },
              ...failed,
            ],
            stop: [
              { guard: 'isUncalled', target: '#reconnect.stopped', actions: 'recordStop' },
              attemptCommands.stop,
            ],
            reconnect: [{ guard: 'isUncalled' }, attemptCommands.reconnect],
            suspend: [
              { guard: 'isUncalled', target: '#reconnect.waiting.suspended' },
              attemptCommands.suspend,
            ],
          },
        },
        overdue: {
          description:
            'The timeout fired late because the process had stalled: what has arrived meanwhile is delivered first.',
          tags: ['connecting', 'offline'],
          after: { turn: { actions: 'letTurn' } },
          on: {
            'connect.turned': {
              target: '#reconnect.waiting',
              actions: ['announceTimedOut', 'abandonConnect', 'recordConnectTimeout'],
            },
            'xstate.done.actor.connect': opened,
            'xstate.error.actor.connect': failed,
            ...attemptCommands,
          },
        },
        restarting: {
          description:
            'Reconnect was requested: waits until the aborted `connect` settles, then connects at once.',
          tags: ['connecting', 'offline'],
          after: { gracePeriod: '#reconnect.connecting' },
          on: {
            'xstate.error.actor.connect': [
              { guard: 'isMarkedFatal', target: '#reconnect.stopped', actions: 'recordFatal' },
              { target: '#reconnect.connecting' },
            ],
            suspend: 'suspending',
            stop: { target: 'stopping', actions: 'recordStop' },
          },
        },
        suspending: {
          description: 'Suspend was requested: waits until the aborted `connect` settles.',
          tags: ['closing', 'offline'],
          after: { gracePeriod: '#reconnect.waiting.suspended' },
          on: {
            'xstate.error.actor.connect': [
              { guard: 'isMarkedFatal', target: '#reconnect.stopped', actions: 'recordFatal' },
              { target: '#reconnect.waiting.suspended' },
            ],
            resume: 'restarting',
            stop: { target: 'stopping', actions: 'recordStop' },
          },
        },
        stopping: {
          description:
            'Stop was requested: waits until the aborted `connect` settles; a connection that it still opens is released.',
          tags: ['stopping', 'offline'],
          after: { gracePeriod: '#reconnect.stopped' },
          on: {
            'xstate.error.actor.connect': {
              target: '#reconnect.stopped',
              actions: 'recordLateError',
            },
          },
        },
      },
    },

    running: {
      description:
        'A session is active: `run` serves the connection, which is released when `run` settles.',
      initial: 'settling',
      invoke: { id: 'run', src: 'run' },
      states: {
        settling: {
          description: 'The session is new: if it ends now, the backoff continues to grow.',
          tags: 'online',
          after: { stableAfter: 'stable' },
          on: online,
        },
        stable: {
          description:
            'The session has lasted `stableAfterMs`: the backoff starts again from its first delay.',
          tags: 'online',
          entry: ['resetAttempt', 'announceStable'],
          on: online,
        },
        draining: {
          description: 'The connection was lost: `run` reads what had arrived.',
          tags: ['closing', 'offline'],
          after: { gracePeriod: { target: 'closing', actions: 'abortRun' } },
          on: {
            'run.drained': { target: 'closing', actions: 'abortRun' },
            'run.settled': 'closing',
            'xstate.done.actor.run': [broken, ...over],
            'xstate.error.actor.run': over,
            stop: { target: 'stopping', actions: ['recordStop', 'abortRun'] },
            reconnect: { target: 'reconnecting', actions: ['recordReconnect', 'abortRun'] },
            suspend: { target: 'suspending', actions: ['recordSuspend', 'abortRun'] },
          },
        },
        closing: {
          description:
            'The session ends: waits until `run` settles and the connection is released.',
          tags: ['closing', 'offline'],
          after: { gracePeriod: over },
          on: {
            'run.settled': { target: 'closing', reenter: true },
            'xstate.done.actor.run': [broken, ...over],
            'xstate.error.actor.run': over,
            stop: { target: 'stopping', actions: 'recordStop' },
            reconnect: { target: 'reconnecting', actions: 'recordReconnect' },
            suspend: { target: 'suspending', actions: 'recordSuspend' },
          },
        },
        reconnecting: {
          description:
            'Reconnect was requested: waits until the aborted `run` settles, then connects at once.',
          tags: ['closing', 'offline'],
          after: { gracePeriod: dropped },
          on: {
            'run.settled': { target: 'reconnecting', reenter: true },
            'xstate.done.actor.run': [broken, ...dropped],
            'xstate.error.actor.run': dropped,
            stop: { target: 'stopping', actions: 'recordStop' },
            suspend: { target: 'suspending', actions: 'recordSuspend' },
          },
        },
        suspending: {
          description: 'Suspend was requested: waits until the aborted `run` settles.',
          tags: ['closing', 'offline'],
          after: {
            gracePeriod: { target: '#reconnect.waiting.suspended', actions: 'announceClosed' },
          },
          on: {
            'run.settled': { target: 'suspending', reenter: true },
            'xstate.done.actor.run': [
              broken,
              { target: '#reconnect.waiting.suspended', actions: 'announceClosed' },
            ],
            'xstate.error.actor.run': [
              {
                guard: 'isMarkedFatal',
                target: '#reconnect.stopped',
                actions: ['announceClosed', 'recordFatal'],
              },
              { target: '#reconnect.waiting.suspended', actions: 'announceClosed' },
            ],
            resume: { target: 'reconnecting', actions: 'recordReconnect' },
            stop: { target: 'stopping', actions: 'recordStop' },
          },
        },
        stopping: {
          description:
            'Stop was requested: waits until the aborted `run` settles; its result no longer counts.',
          tags: ['stopping', 'offline'],
          after: { gracePeriod: { target: '#reconnect.stopped', actions: 'announceClosed' } },
          on: {
            'run.settled': { target: 'stopping', reenter: true },
            'xstate.done.actor.run': { target: '#reconnect.stopped', actions: 'announceClosed' },
            'xstate.error.actor.run': {
              target: '#reconnect.stopped',
              actions: ['announceClosed', 'recordLateError'],
            },
          },
        },
      },
    },

    waiting: {
      description: 'The connection is down: decides what follows, then waits.',
      initial: 'choosing',
      states: {
        choosing: {
          description:
            'Decides at once: connects at the start; after that, follows the backoff or `retryDelay`.',
          tags: ['waiting', 'offline'],
          always: [
            { guard: 'isFirst', target: '#reconnect.connecting' },
            { guard: 'isImmediate', target: '#reconnect.connecting', actions: 'announceRetry' },
            { guard: 'isDelayed', target: 'delaying', actions: 'announceRetry' },
            { guard: 'isUndecided', target: 'deciding' },
            { guard: 'hasBroken', target: '#reconnect.stopped', actions: 'recordBrokenWait' },
            { target: '#reconnect.stopped', actions: 'recordGivenUp' },
          ],
        },
        deciding: {
          description: '`retryDelay` returned a promise: waits for its answer.',
          tags: ['waiting', 'offline'],
          invoke: { id: 'retryDelay', src: 'retryDelay' },
          on: {
            'xstate.done.actor.retryDelay': { target: 'choosing', actions: 'recordDecision' },
            stop: { target: '#reconnect.stopped', actions: ['recordStop', 'abandonRetryDelay'] },
            reconnect: { target: '#reconnect.connecting', actions: 'abandonRetryDelay' },
            suspend: { target: 'suspended', actions: 'abandonRetryDelay' },
          },
        },
        delaying: {
          description: 'Waits for the delay; only a command ends a delay of `Infinity`.',
          tags: ['waiting', 'offline'],
          after: { retryDelay: { guard: 'isBounded', target: '#reconnect.connecting' } },
          on: {
            stop: { target: '#reconnect.stopped', actions: 'recordStop' },
            reconnect: '#reconnect.connecting',
            suspend: 'suspended',
          },
        },
        suspended: {
          description: 'Suspend was requested: waits for `resume`; no timer runs.',
          tags: ['suspended', 'offline'],
          entry: 'announceSuspended',
          on: {
            resume: { target: '#reconnect.connecting', actions: 'announceResumed' },
            stop: { target: '#reconnect.stopped', actions: 'recordStop' },
          },
        },
      },
    },

    stopped: {
      description: 'The end: the link holds no connection and no timer.',
      tags: 'offline',
      type: 'final',
      entry: 'announceEnded',
    },
  },
} as const satisfies Chart;

/** The type of the chart: exactly the states of the vocabulary. */
interface Chart {
  readonly id: string;
  readonly description: string;
  readonly initial: StateName;
  readonly states: {
    readonly [Name in StateName]: [LeafOf<Name>] extends [never]
      ? State
      : State & {
          readonly initial: LeafOf<Name>;
          readonly states: { readonly [Leaf in LeafOf<Name>]: State };
        };
  };
}

interface State {
  readonly description: string;
  readonly type?: 'final';
  readonly tags?: ReconnectTag | readonly ReconnectTag[];
  readonly entry?: ActionName | readonly ActionName[];
  readonly invoke?: { readonly id: ChildId; readonly src: ChildId };
  readonly always?: Transitions;
  readonly after?: { readonly [Delay in DelayName]?: Transitions };
  readonly on?: {
    readonly [Type in ReconnectCommand['type'] | Report | ChildEventType]?: Transitions;
  };
}

/** The events by which a child settles. */
type ChildEventType = `xstate.${'done' | 'error'}.actor.${ChildId}`;

type Transitions = string | Transition | readonly Transition[];

interface Transition {
  readonly target?: string;
  /** Leaves the state and enters it again, which restarts its timer. */
  readonly reenter?: true;
  readonly guard?: GuardName;
  readonly actions?: ActionName | readonly ActionName[];
}
