import { describe, expect, it } from 'vitest';
import { tags } from '../../../src/machine/vocabulary.js';
import { everywhere, goTo, harness, places } from '../../support/harness.js';

const states = ['connecting', 'online', 'closing', 'waiting', 'suspended', 'stopping'] as const;

describe('every place', () => {
  it.each(places)('%s can be reached, and has exactly one of the tags of an active link', async (place) => {
    const h = harness(everywhere);
    await goTo(h, place);
    expect(h.state()).toBe(place);
    const snapshot = h.actor.getSnapshot();
    expect(states.filter((tag) => snapshot.hasTag(tag))).toHaveLength(1);
    expect(snapshot.hasTag('offline')).toBe(!snapshot.hasTag('online'));
    h.actor.stop();
    await h.clock.drain();
    expect(h.clock.pending).toEqual([]);
    expect(h.script.live).toBe(0);
    expect(h.permits?.permits.map(({ outcomes }) => outcomes.length)).toEqual(
      h.permits?.permits.map(() => 1),
    );
  });
});
