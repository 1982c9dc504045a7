import type { ControlFlow } from 'schmoozer';
import { type NonReducibleUnknown, type PromiseActorLogic, setup } from 'xstate';
import type { Work } from './leanLogic.js';

type ToLogic = (work: Work) => PromiseActorLogic<NonReducibleUnknown>;

/** The same four states and nothing else: no deadline, no delay, no abort, nothing released. */
export function loopChart(toLogic: ToLogic, connect: Work, run: Work) {
  return setup({
    actors: { connect: toLogic(connect), run: toLogic(run) },
    guards: {
      isBreak: ({ event }) =>
        (event as unknown as { output: ControlFlow<unknown, unknown> }).output.type === 'Break',
    },
  }).createMachine({
    initial: 'connecting',
    states: {
      connecting: {
        invoke: { src: 'connect', onDone: 'running', onError: 'waiting' },
      },
      running: {
        invoke: {
          src: 'run',
          onDone: [{ guard: 'isBreak', target: 'stopped' }, { target: 'waiting' }],
          onError: 'waiting',
        },
      },
      waiting: { always: 'connecting' },
      stopped: { type: 'final' },
    },
  });
}
