import { virtualClock } from 'schmoozer/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type AnyActorRef, type AnyStateMachine, createActor, raise, setup } from 'xstate';
import { runningTimers } from '../../../src/inspect/runningTimers.js';

function started(machine: AnyStateMachine) {
  const clock = virtualClock();
  const actor = createActor(machine, { clock }).start();
  onTestFinished(() => void actor.stop());
  return { actor, clock };
}

/** How long each takes, by its name; undefined when none runs. */
function timersOf(actor: AnyActorRef): Record<string, number> | undefined {
  const running = runningTimers(actor, actor.getSnapshot() as object);
  return (
    running &&
    Object.fromEntries(running.map(({ eventType, delayMs }) => [eventType, delayMs as number]))
  );
}

const child = setup({}).createMachine({ id: 'm', after: { 7: {} } });

describe('the timers that run', () => {
  it('are those of the active states, of every region and level, each once', async () => {
    const machine = setup({ guards: { no: () => false }, delays: { nap: 30 } }).createMachine({
      id: 'm',
      type: 'parallel',
      after: { 99: {} },
      states: {
        left: {
          initial: 'a',
          states: {
            a: { after: { 10: [{ guard: 'no', target: 'b' }, { target: 'b' }] } },
            b: { after: { nap: 'a' } },
          },
        },
        right: { after: { 20: { actions: () => {} } } },
      },
    });
    const { actor, clock } = started(machine);
    const whole = { 'xstate.after.99.m': 99 };
    const right = { 'xstate.after.20.m.right': 20 };
    expect(timersOf(actor)).toEqual({ ...whole, ...right, 'xstate.after.10.m.left.a': 10 });
    expect(runningTimers(actor, actor.getSnapshot())).toHaveLength(3);
    await clock.advance(15);
    expect(timersOf(actor)).toEqual({ ...whole, ...right, 'xstate.after.nap.m.left.b': 30 });
    // One that has fired and left its state active is over.
    await clock.advance(10);
    expect(timersOf(actor)).toEqual({ ...whole, 'xstate.after.nap.m.left.b': 30 });
    actor.stop();
    expect(timersOf(actor)).toBeUndefined();
  });

  it('are of no other actor in the system, even when it is one of the same machine', () => {
    const nap = setup({
      types: { context: {} as { ms: number }, input: {} as number },
      delays: { nap: ({ context }) => context.ms },
    }).createMachine({ id: 'm', context: ({ input }) => ({ ms: input }), after: { nap: {} } });
    const parent = setup({ actors: { nap } }).createMachine({
      id: 'm',
      invoke: [
        { src: 'nap', id: 'one', input: 1 },
        { src: 'nap', id: 'two', input: 2 },
      ],
      after: { 5: {} },
    });
    const { actor } = started(parent);
    expect(timersOf(actor)).toEqual({ 'xstate.after.5.m': 5 });
    const { one, two } = actor.getSnapshot().children as Record<string, AnyActorRef>;
    expect(timersOf(one as AnyActorRef)).toEqual({ 'xstate.after.nap.m': 1 });
    expect(timersOf(two as AnyActorRef)).toEqual({ 'xstate.after.nap.m': 2 });
  });

  it('are no delayed events that an app raises: their names and ids are data', () => {
    const machine = setup({}).createMachine({
      id: 'm',
      entry: raise({ type: 'hunter2' }, { delay: 5, id: 'hunter2' }),
    });
    expect(timersOf(started(machine).actor)).toBeUndefined();
  });

  it('are none that stand for no limit, nor those whose delay is no time', () => {
    const delays = { max: 2 ** 31 - 1, never: Infinity, wrong: Number.NaN, past: -1, now: 0 };
    const machine = setup({ delays }).createMachine({
      id: 'm',
      after: { max: {}, never: {}, wrong: {}, past: {}, now: {} },
    });
    expect(timersOf(started(machine).actor)).toEqual({ 'xstate.after.now.m': 0 });
  });

  it('are the first 50, with names of 1000 characters', () => {
    const after = Object.fromEntries(Array.from({ length: 60 }, (_, i) => [i + 1, {}]));
    const many = started(setup({}).createMachine({ id: 'm', after })).actor;
    expect(runningTimers(many, many.getSnapshot())).toHaveLength(50);
    const delay = 'd'.repeat(2000);
    const machine = setup({ delays: { [delay]: 5 } }).createMachine({
      id: 'm',
      after: { [delay]: {} },
    });
    expect(timersOf(started(machine).actor)).toEqual({
      [`${`xstate.after.${delay}`.slice(0, 1000)}…`]: 5,
    });
  });

  it('are none of an actor without a chart, nor when XState keeps them otherwise', () => {
    const { actor } = started(child);
    const snapshot = actor.getSnapshot() as object;
    const told = (scheduled: unknown) =>
      runningTimers(
        { sessionId: 'x:0', system: { _snapshot: { _scheduledEvents: scheduled } } } as never,
        snapshot,
      );
    const timer = { delay: 7, startedAt: 3 };
    expect(told({ 'x:0.xstate.after.7.m': timer })).toEqual([
      { eventType: 'xstate.after.7.m', delayMs: 7, startedAt: 3 },
    ]);
    expect(told({ 'x:0.xstate.after.7.m': { delay: 7, startedAt: new Date(3) } })).toEqual([
      { eventType: 'xstate.after.7.m', delayMs: 7 },
    ]);
    for (const scheduled of [undefined, null, 1, [], {}, { 'x:0.xstate.after.7.m': 'soon' }]) {
      expect(told(scheduled)).toBeUndefined();
    }
    expect(runningTimers({ sessionId: 'x:0', system: {} } as never, snapshot)).toBeUndefined();
    expect(runningTimers({ sessionId: 'x:0' } as never, snapshot)).toBeUndefined();
    expect(runningTimers(actor, { status: 'active' })).toBeUndefined();
    expect(runningTimers(actor, { machine: {}, value: 'a' })).toBeUndefined();
    const closed = new Proxy({ machine: {}, value: 'a' }, { get: () => void expect.fail() });
    expect(runningTimers(actor, closed)).toBeUndefined();
  });
});
