import { createReconnectActor } from 'schmoozer';
import { describe, expect, it } from 'vitest';
import { createActor, type InspectionEvent, setup } from 'xstate';
import { currentSnapshot, LiveActors } from '../../../src/inspect/liveActors.js';
import { collectGarbage } from '../../support/collectGarbage.js';

const machine = setup({}).createMachine({ id: 'idle' });

function follower() {
  const actors = new LiveActors();
  const known: string[] = [];
  const inspect = (event: InspectionEvent) => {
    if (event.type === '@xstate.action' || actors.follow(event)) return;
    known.push(event.type);
  };
  const all = () => [...actors.all()].map(({ actor }) => actor);
  return { actors, inspect, known, all };
}

describe('the actors that live', () => {
  it('are known from their making to their end', () => {
    const { actors, inspect, all, known } = follower();
    const one = createActor(machine, { inspect });
    const two = createActor(machine, { inspect });
    expect(all()).toEqual([one, two]);
    one.start();
    two.start();
    one.stop();
    expect(all()).toEqual([two]);
    expect(actors.size).toBe(1);
    // An event that comes too late does not bring it back.
    inspect({ type: '@xstate.event', actorRef: one, rootId: one.sessionId } as never);
    expect(all()).toEqual([two]);
    expect(known).toEqual([]);
  });

  it('include those that are being made, of which XState knows nothing or throws', () => {
    const making = { getSnapshot: () => undefined };
    const throwing = {
      getSnapshot() {
        throw new Error('not yet');
      },
    };
    for (const actor of [making, throwing]) {
      expect(currentSnapshot(actor as never)).toEqual({ status: 'active' });
    }
  });

  it('do not include those that failed while they were made, and these are not kept', () => {
    const { actors, inspect, all } = follower();
    for (let i = 0; i < 1500; i++) {
      expect(() => createReconnectActor({} as never, { inspect, logger: () => {} })).toThrow(
        'connect',
      );
    }
    expect(all()).toEqual([]);
    expect(actors.size).toBeLessThan(1000);
  });

  it('are not kept alive: what an app drops without a stop can be collected', async () => {
    const { actors, inspect, all } = follower();
    for (let i = 0; i < 999; i++) createActor(machine, { inspect });
    // A reference that was looked at lives to the end of the task.
    await new Promise((resolve) => setImmediate(resolve));
    collectGarbage();
    expect(all().length).toBeLessThan(10);
    expect(actors.size).toBe(999);
    const last = createActor(machine, { inspect });
    expect(actors.size).toBeLessThan(10);
    expect(all()).toContain(last);
  });
});
