import { virtualClock } from 'schmoozer/testing';
import { describe, expect, it } from 'vitest';
import { createActor, type InspectionEvent, setup } from 'xstate';
import type { Task, Work } from '../../../src/actors/task.js';
import { taskLogic } from '../../../src/actors/taskLogic.js';
import { Thrown } from '../../../src/core/thrown.js';

type Asked = Task<undefined, string>;

/** An actor of a work that does nothing by itself, and its task. */
function actorOf(work: Partial<Work<undefined, string>> = {}) {
  const tasks: Asked[] = [];
  const logged: unknown[] = [];
  const actor = createActor(
    taskLogic<undefined, string>({ start: (_, task) => void tasks.push(task), ...work }),
    { input: undefined, clock: virtualClock(), logger: (error) => void logged.push(error) },
  );
  actor.subscribe({ error: () => {} });
  actor.start();
  return { actor, tasks, task: tasks[0] as Asked, logged };
}

describe('an actor that does a work', () => {
  it('ends with what the work resolves to, the first answer', () => {
    const { actor, task } = actorOf();
    expect(task.isOver).toBe(false);
    task.resolve('first');
    task.resolve('second');
    task.reject(new Error('third'));
    expect(actor.getSnapshot()).toMatchObject({ status: 'done', output: 'first' });
    expect(task.isOver).toBe(true);
  });

  it('ends with what the work rejects with, out of every serializer’s sight', () => {
    const { actor, task } = actorOf();
    const error = new Error('refused');
    const thrown = task.reject(error);
    expect(actor.getSnapshot()).toMatchObject({ status: 'error', error: thrown });
    expect(Thrown.error(thrown)).toBe(error);
    // It was sorted by then: whoever asks gets the same.
    expect(Thrown.error(task.reject('late'))).toBe('late');
  });

  it('fires the signal at `abort` and lives on; the first reason stays', () => {
    const { actor, task } = actorOf();
    actor.send({ type: 'abort', reason: 'first' });
    actor.send({ type: 'abort', reason: 'second' });
    expect(task.signal.reason).toBe('first');
    expect(actor.getSnapshot().status).toBe('active');
  });

  it('fires the signal and lets go when it is stopped, whatever comes later', () => {
    const { actor, task } = actorOf();
    const over: unknown[] = [];
    task.whenStopped((_, { reason, isOver }) => void over.push([reason, isOver]));
    actor.stop();
    expect(over).toMatchObject([[{ code: 'ERR_ACTOR_STOPPED' }, true]]);
    task.resolve('late');
    expect(actor.getSnapshot().status).toBe('stopped');
  });

  it('hears `ask` while it works, and not when the work is over or knows no question', () => {
    let asked = 0;
    const { actor, task } = actorOf({ asked: () => void asked++ });
    actor.send({ type: 'ask' });
    expect(asked).toBe(1);
    task.resolve('done');
    task.ask();
    expect(asked).toBe(1);
    const deaf = actorOf();
    deaf.actor.send({ type: 'ask' });
    expect(deaf.actor.getSnapshot().status).toBe('active');
  });

  it('reports to the machine that invoked it, as itself, until the work is over', async () => {
    let task: Asked | undefined;
    const logic = taskLogic<undefined, string>({ start: (_, made) => void (task = made) });
    const heard: string[] = [];
    const parent = setup({ actors: { work: logic } }).createMachine({
      invoke: { id: 'work', src: 'work', input: undefined },
      on: { '*': { actions: ({ event }) => void heard.push(event.type) } },
    });
    const sources: unknown[] = [];
    const actor = createActor(parent, {
      inspect: (event: InspectionEvent) => {
        if (event.type === '@xstate.event' && event.event.type === 'told') {
          sources.push((event as { sourceRef?: { id?: string } }).sourceRef?.id);
        }
      },
    }).start();
    task?.tell({ type: 'told' });
    expect(heard).toEqual(['told']);
    expect(sources).toEqual(['work']);
    actor.stop();
    task?.tell({ type: 'told' });
    expect(heard).toEqual(['told']);
  });

  it('persists neither the work nor its input', () => {
    const { actor, task } = actorOf();
    expect(actor.getPersistedSnapshot()).toEqual({
      status: 'active',
      output: undefined,
      error: undefined,
    });
    task.resolve('done');
    expect(actor.getPersistedSnapshot()).toMatchObject({ status: 'done', output: 'done' });
  });
});
