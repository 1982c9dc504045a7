import type { ControlFlow } from 'schmoozer';
import { assign, emit, type NonReducibleUnknown, type PromiseActorLogic, setup } from 'xstate';
import type { Work } from './leanLogic.js';

type ToLogic = (work: Work) => PromiseActorLogic<NonReducibleUnknown>;

const DEADLINE_MS = 20_000;

/** The leanest chart with deadlines, as ours has them: one for `connect`, one for a young session. */
export function deadlineChart(toLogic: ToLogic, connect: Work, run: Work) {
  return setup({
    actors: { connect: toLogic(connect), run: toLogic(run) },
    guards: { isBreak: ({ event }) => isBreak(event) },
    delays: { deadline: () => DEADLINE_MS },
  }).createMachine({
    initial: 'connecting',
    states: {
      connecting: {
        invoke: { src: 'connect', onDone: 'running', onError: 'waiting' },
        after: { deadline: 'waiting' },
      },
      running: {
        invoke: {
          src: 'run',
          onDone: [{ guard: 'isBreak', target: 'stopped' }, { target: 'waiting' }],
          onError: 'waiting',
        },
        after: { deadline: { actions: [] } },
      },
      waiting: { always: 'connecting' },
      stopped: { type: 'final' },
    },
  });
}

/**
 * All that our chart asks of XState in a cycle, with nothing behind it: deadlines, substates, a context that
 * is written at each step, guards, tags, and three announcements.
 */
export function featureChart(toLogic: ToLogic, connect: Work, run: Work) {
  return setup({
    types: {
      context: {} as { attempt: number; epoch: number; delayMs: number; lastError: unknown },
      emitted: {} as { type: 'told'; epoch: number },
      tags: {} as 'online' | 'offline',
    },
    actors: { connect: toLogic(connect), run: toLogic(run) },
    guards: {
      isBreak: ({ event }) => isBreak(event),
      isFatal: ({ event }) => (event as unknown as { error: unknown }).error === 'fatal',
      isImmediate: ({ context }) => context.delayMs === 0,
    },
    delays: { deadline: () => DEADLINE_MS },
    actions: {
      open: assign(({ context }) => ({ epoch: context.epoch + 1 })),
      fail: assign(({ context }) => ({ attempt: context.attempt + 1, delayMs: 0, lastError: 1 })),
      tell: emit(({ context }) => ({ type: 'told', epoch: context.epoch })),
    },
  }).createMachine({
    context: { attempt: 0, epoch: 0, delayMs: 0, lastError: undefined },
    initial: 'connecting',
    states: {
      connecting: {
        id: 'connecting',
        tags: 'offline',
        initial: 'attempting',
        invoke: {
          src: 'connect',
          onDone: [
            { guard: 'isFatal', target: 'stopped' },
            { target: 'running', actions: ['open', 'tell'] },
          ],
          onError: [
            { guard: 'isFatal', target: 'stopped' },
            { target: 'waiting', actions: 'fail' },
          ],
        },
        states: { attempting: { after: { deadline: '#waiting' } } },
      },
      running: {
        initial: 'settling',
        exit: 'tell',
        invoke: {
          src: 'run',
          onDone: [
            { guard: 'isBreak', target: 'stopped' },
            { target: 'waiting', actions: 'fail' },
          ],
          onError: 'waiting',
        },
        states: {
          settling: { tags: 'online', after: { deadline: 'stable' } },
          stable: { tags: 'online' },
        },
      },
      waiting: {
        id: 'waiting',
        tags: 'offline',
        initial: 'choosing',
        states: {
          choosing: {
            always: [
              { guard: 'isImmediate', target: '#connecting', actions: 'tell' },
              { target: 'delaying' },
            ],
          },
          delaying: {},
        },
      },
      stopped: { type: 'final' },
    },
  });
}

function isBreak(event: unknown): boolean {
  return (event as { output: ControlFlow<unknown, unknown> }).output.type === 'Break';
}
