import { createContext } from './context.js';
import type { ReconnectOutput } from './vocabulary.js';
import { connectInput, retryDelayInput, runInput } from './inputs.js';
import { reconnectSetup } from './setup.js';

/** The loop: connect, run, wait, try again, stop. */
export const reconnectChart = reconnectSetup.createMachine({
  id: 'reconnect',
  description: 'Keeps a connection up.',
  context: ({ input }) => createContext(input),
  output: ({ context }) => context.output as ReconnectOutput,
  initial: 'connecting',
  states: {
    connecting: {
      description: 'A connection is being opened: `connect` is called.',
      tags: 'offline',
      initial: 'attempting',
      invoke: {
        id: 'connect',
        src: 'connect',
        input: connectInput,
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
        input: runInput,
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
      tags: 'offline',
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
            input: retryDelayInput,
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
});
