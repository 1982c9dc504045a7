/* oxlint-disable no-underscore-dangle -- the fields of XState that @xstate/react sets */
import { Continue, type ReconnectActor } from 'schmoozer';
import { describe, expect, it } from 'vitest';
import type { AnyActorRef, Observer } from 'xstate';
import { goTo, harness, settle } from '../../support/harness.js';
import { lacking } from '../../support/engine.js';

interface Internals {
  observers: Set<Observer<unknown>>;
  _processingStatus: number;
  _snapshot: unknown;
}

/**
 * What `useActorRef` of @xstate/react 6 does when React runs an effect again, in strict mode or after an
 * `<Activity>` was hidden: stops the actor, gives it and its children their snapshots back, starts it.
 */
function startAgain(actor: ReconnectActor<unknown>): void {
  const system = actor.system as unknown as { getSnapshot(): unknown; _snapshot: unknown };
  const children = Object.values(actor.getSnapshot().children) as (AnyActorRef | undefined)[];
  const refs = [actor, ...children].filter((ref) => ref !== undefined);
  const kept = refs.map((ref) => [ref, ref.getSnapshot()] as const);
  for (const ref of refs) (ref as unknown as Internals).observers = new Set();
  const systemSnapshot = system.getSnapshot();
  actor.stop();
  system._snapshot = systemSnapshot;
  for (const [ref, snapshot] of kept) {
    Object.assign(ref, { _processingStatus: 0, _snapshot: snapshot });
  }
  actor.start();
}

describe.skipIf(lacking('startAgain'))(
  'stopped and started again from its snapshot, as in React’s strict mode',
  () => {
    it('connects once if that happens at once', async () => {
      const h = harness({ isWhole: false });
      startAgain(h.actor);
      await h.clock.drain();
      expect(h.script.connects).toHaveLength(1);
      await settle(h, () => h.script.connects[0]?.resolve());
      expect(h.state()).toBe('running.settling');
      expect(h.script.connections).toEqual([{ id: 1, releases: 0 }]);
    });

    it('connects anew if `connect` was under way, and releases what the first one still opens', async () => {
      const h = harness({ isWhole: false });
      await goTo(h, 'connecting.attempting');
      startAgain(h.actor);
      await h.clock.drain();
      expect(h.script.connects).toHaveLength(2);
      expect(h.script.connects[0]?.argument.signal.reason).toMatchObject({
        code: 'ERR_ACTOR_STOPPED',
      });
      await settle(h, () => h.script.connects[0]?.resolve());
      expect(h.state()).toBe('connecting.attempting');
      expect(h.script.live).toBe(0);
      await settle(h, () => h.script.connects[1]?.resolve());
      expect(h.state()).toBe('running.settling');
      expect(h.script.live).toBe(1);
    });

    it('reconnects if a session was on: its connection was released with the stop', async () => {
      const h = harness({ isWhole: false });
      await goTo(h, 'running.settling');
      startAgain(h.actor);
      expect(h.script.live).toBe(0);
      await h.clock.drain();
      expect(h.state()).toBe('waiting.delaying');
      expect(h.actor.getSnapshot().context).toMatchObject({
        attempt: 1,
        lastError: { code: 'ERR_ACTOR_STOPPED' },
      });
      expect(h.script.runs).toHaveLength(1);
      await h.clock.advance(1000);
      await settle(h, () => h.script.connects[1]?.resolve());
      expect(h.state()).toBe('running.settling');
      await settle(h, () => h.script.runs[1]?.resolve(Continue()));
      expect(h.script.live).toBe(0);
    });

    it('goes on with its delay', async () => {
      const h = harness({ isWhole: false });
      await settle(h, () => h.script.connects[0]?.reject(new Error('refused')));
      startAgain(h.actor);
      expect(h.state()).toBe('waiting.delaying');
      await h.clock.advance(1000);
      expect(h.script.connects).toHaveLength(2);
    });
  },
);
