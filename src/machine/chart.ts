import type { ActionName } from './actions.js';
import type { DelayName } from './delays.js';
import type { GuardName } from './guards.js';
import type { ChildId, LeafOf, ReconnectCommand, ReconnectTag, StateName } from './vocabulary.js';

/**
 * The loop: connect, run, wait, connect again, stop. Plain data: it says what happens when, and nothing else
 * decides. What the names of guards, actions, delays and children mean is in the files beside it; engines execute
 * it, pictures draw it, proofs walk it.
 */
export const chart = {
  id: 'reconnect',
  description: 'Keeps a connection up.',
  initial: 'connecting',
  states: {
    connecting: {
      description: 'A connection is being opened: `connect` is called.',
      tags: ['connecting', 'offline'],
      initial: 'attempting',
      invoke: {
        id: 'connect',
        src: 'connect',
        onDone: [
          {
            guard: 'isStableAtOnce',
            target: '#reconnect.running.stable',
            actions: ['recordOpened', 'announceOpened'],
          },
          { target: 'running', actions: ['recordOpened', 'announceOpened'] },
        ],
        onError: [
          { guard: 'isFatal', target: 'stopped', actions: 'recordFatal' },
          { target: 'waiting', actions: 'recordConnectFailure' },
        ],
      },
      states: {
        attempting: {
          description: 'Waits for `connect`, but no longer than `connectTimeoutMs`.',
          after: {
            connectTimeout: {
              target: '#reconnect.waiting',
              actions: ['abandonConnect', 'recordConnectTimeout'],
            },
          },
          on: {
            stop: { target: 'stopping', actions: ['recordStop', 'abortConnect'] },
          },
        },
        stopping: {
          description:
            'Stop was requested: waits for `connect` to give in; what it still opens is released.',
          tags: 'stopping',
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
        'A session is on: `run` serves the connection, which is released when `run` settles.',
      initial: 'settling',
      exit: 'announceClosed',
      invoke: {
        id: 'run',
        src: 'run',
        onDone: [
          { guard: 'isBreak', target: 'stopped', actions: 'recordBreak' },
          { target: 'waiting', actions: 'recordSessionEnd' },
        ],
        onError: [
          { guard: 'isFatal', target: 'stopped', actions: 'recordFatal' },
          { target: 'waiting', actions: 'recordSessionEnd' },
        ],
      },
      on: {
        stop: { target: '.stopping', actions: ['recordStop', 'abortRun'] },
        reconnect: { target: '.reconnecting', actions: ['recordReconnect', 'abortRun'] },
      },
      states: {
        settling: {
          description: 'The session is young: if it ends now, the backoff goes on growing.',
          tags: 'online',
          after: { stableAfter: 'stable' },
        },
        stable: {
          description: 'The session has lasted `stableAfterMs`: the backoff starts anew.',
          tags: 'online',
          entry: 'resetAttempt',
        },
        reconnecting: {
          description:
            'Reconnect was requested: waits for `run` to give in, then connects at once.',
          tags: 'offline',
          after: { gracePeriod: '#reconnect.connecting' },
          on: {
            reconnect: {},
            'xstate.done.actor.run': [
              { guard: 'isBreak', target: '#reconnect.stopped', actions: 'recordBreak' },
              { target: '#reconnect.connecting' },
            ],
            'xstate.error.actor.run': [
              { guard: 'isFatal', target: '#reconnect.stopped', actions: 'recordFatal' },
              { target: '#reconnect.connecting' },
            ],
          },
        },
        stopping: {
          description:
            'Stop was requested: waits for `run` to give in; its answer no longer counts.',
          tags: ['offline', 'stopping'],
          after: { gracePeriod: '#reconnect.stopped' },
          on: {
            stop: {},
            reconnect: {},
            'xstate.done.actor.run': '#reconnect.stopped',
            'xstate.error.actor.run': { target: '#reconnect.stopped', actions: 'recordLateError' },
          },
        },
      },
    },

    waiting: {
      description: 'The connection is down: what follows is decided, then waited for.',
      tags: ['waiting', 'offline'],
      initial: 'choosing',
      states: {
        choosing: {
          description: 'Follows the decision that is known.',
          always: [
            { guard: 'isImmediate', target: '#reconnect.connecting', actions: 'announceRetry' },
            { guard: 'isDelayed', target: 'delaying', actions: 'announceRetry' },
            { guard: 'isUndecided', target: 'deciding' },
            { guard: 'hasBroken', target: '#reconnect.stopped', actions: 'recordBrokenWait' },
            { target: '#reconnect.stopped', actions: 'recordGivenUp' },
          ],
        },
        deciding: {
          description: '`retryDelay` returned a promise: waits for its answer.',
          invoke: {
            id: 'retryDelay',
            src: 'retryDelay',
            onDone: { target: 'choosing', actions: 'recordDecision' },
          },
          on: {
            stop: { target: '#reconnect.stopped', actions: ['recordStop', 'abandonRetryDelay'] },
            reconnect: { target: '#reconnect.connecting', actions: 'abandonRetryDelay' },
          },
        },
        delaying: {
          description: 'Waits for the delay; one of `Infinity` ends by a command only.',
          after: { retryDelay: { guard: 'isBounded', target: '#reconnect.connecting' } },
          on: {
            stop: { target: '#reconnect.stopped', actions: 'recordStop' },
            reconnect: '#reconnect.connecting',
          },
        },
      },
    },

    stopped: {
      description: 'The end: nothing of ours is left open.',
      tags: 'offline',
      type: 'final',
    },
  },
} as const satisfies Chart;

/** The shape of the chart: every state of the vocabulary, and no other. */
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
  readonly exit?: ActionName | readonly ActionName[];
  readonly invoke?: {
    readonly id: ChildId;
    readonly src: ChildId;
    readonly onDone: Transitions;
    readonly onError?: Transitions;
  };
  readonly always?: Transitions;
  readonly after?: { readonly [Delay in DelayName]?: Transitions };
  readonly on?: { readonly [Type in ReconnectCommand['type'] | ChildEventType]?: Transitions };
}

/** How a child settles, where a state answers it otherwise than the state that invoked it. */
type ChildEventType = `xstate.${'done' | 'error'}.actor.${ChildId}`;

type Transitions = string | Transition | readonly Transition[];

interface Transition {
  readonly target?: string;
  readonly guard?: GuardName;
  readonly actions?: ActionName | readonly ActionName[];
}
