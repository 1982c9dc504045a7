import type { ReconnectTag } from 'schmoozer';
import { describe, expect, it } from 'vitest';
import { tags } from '../../../src/machine/vocabulary.js';
import { everywhere, goTo, harness, type Place, places } from '../../support/harness.js';

/** What is asked of a link: exactly one, and what comes besides. */
const shown: Readonly<Record<Place | 'stopped', readonly ReconnectTag[]>> = {
  'connecting.queued': ['connecting', 'queued', 'offline'],
  'connecting.attempting': ['connecting', 'offline'],
  'connecting.overdue': ['connecting', 'offline'],
  'connecting.restarting': ['connecting', 'offline'],
  'connecting.suspending': ['closing', 'offline'],
  'connecting.stopping': ['stopping', 'offline'],
  'running.settling': ['online'],
  'running.stable': ['online'],
  'running.draining': ['closing', 'offline'],
  'running.closing': ['closing', 'offline'],
  'running.reconnecting': ['closing', 'offline'],
  'running.suspending': ['closing', 'offline'],
  'running.stopping': ['stopping', 'offline'],
  'waiting.deciding': ['waiting', 'offline'],
  'waiting.delaying': ['waiting', 'offline'],
  'waiting.suspended': ['suspended', 'offline'],
  stopped: ['offline'],
};

const ofLinks = ['connecting', 'online', 'closing', 'waiting', 'suspended', 'stopping'] as const;

describe('every place', () => {
  it.each(places)('%s can be reached, and has its tags', async (place) => {
    const h = harness(everywhere);
    await goTo(h, place);
    expect(h.state()).toBe(place);
    const snapshot = h.actor.getSnapshot();
    expect(tags.filter((tag) => snapshot.hasTag(tag)).toSorted()).toEqual(shown[place].toSorted());
    expect(ofLinks.filter((tag) => snapshot.hasTag(tag))).toHaveLength(1);
    expect(snapshot.hasTag('offline')).toBe(!snapshot.hasTag('online'));
  });

  it('of a link that is over is offline, and nothing else', async () => {
    const h = harness(everywhere);
    h.actor.send({ type: 'stop' });
    const snapshot = h.actor.getSnapshot();
    expect(tags.filter((tag) => snapshot.hasTag(tag))).toEqual(shown.stopped);
  });

  it.each(places)(
    '%s leaves nothing when a parent stops the actor, and tells nothing',
    async (place) => {
      const h = harness(everywhere);
      await goTo(h, place);
      const before = h.emitted.length;
      h.actor.stop();
      await h.clock.drain();
      expect(h.emitted).toHaveLength(before);
      expect(h.clock.pending).toEqual([]);
      expect(h.script.live).toBe(0);
      for (const { outcomes } of h.permits?.permits ?? []) expect(outcomes).toHaveLength(1);
      for (const request of h.permits?.requests ?? []) {
        expect(request.isCancelled).toBe(place === 'connecting.queued');
      }
    },
  );
});
