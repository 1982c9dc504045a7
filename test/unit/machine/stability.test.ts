import { Continue, createReconnectActor, exponentialBackoff } from 'schmoozer';
import { virtualClock } from 'schmoozer/testing';
import { describe, expect, it } from 'vitest';
import { goTo, harness, settle, toldTypes } from '../../support/harness.js';

/** A small seeded generator (mulberry32), so that chance is the same in every run. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A server that accepts and drops at once, for 60 s of the virtual clock. */
async function flap(random: () => number) {
  const clock = virtualClock();
  let connects = 0;
  const delays: number[] = [];
  const actor = createReconnectActor(
    {
      connect: async () => ++connects,
      run: async () => Continue(),
    },
    { clock, random, now: clock.now },
  );
  actor.on('retry.scheduled', ({ delayMs }) => void delays.push(delayMs));
  actor.start();
  await clock.advance(60_000);
  actor.stop();
  return { connects, delays };
}

describe('a flapping server, under the defaults', () => {
  it('sees at most 11 connects in 60 s, for each of 50 seeds', async () => {
    const runs = await Promise.all(Array.from({ length: 50 }, (_, seed) => flap(seeded(seed))));
    expect(Math.max(...runs.map(({ connects }) => connects))).toBeLessThanOrEqual(11);
    expect(Math.min(...runs.map(({ connects }) => connects))).toBeGreaterThan(4);
  });

  it('the delay grows to the cap of 30 000 ms', async () => {
    const { delays } = await flap(() => 1 - Number.EPSILON);
    expect(delays.map(Math.round)).toEqual([2000, 4000, 8000, 16_000, 30_000, 30_000]);
  });
});

describe('stableAfterMs', () => {
  const options = { backoff: exponentialBackoff({ baseMs: 1000, jitter: 'none' }) };

  async function secondDelay(sessionMs: number, stableAfterMs?: number): Promise<number> {
    const h = harness({ ...options, ...(stableAfterMs !== undefined && { stableAfterMs }) });
    await settle(h, () => h.script.connects[0]?.reject(new Error('refused')));
    await h.clock.advance(1000);
    await settle(h, () => h.script.connects[1]?.resolve());
    await h.clock.advance(sessionMs);
    await settle(h, () => h.script.runs[0]?.resolve(Continue()));
    return h.actor.getSnapshot().context.delayMs;
  }

  it('a session of 9999 ms does not reset the backoff, one of 10 000 ms does', async () => {
    expect(await secondDelay(9999)).toBe(2000);
    expect(await secondDelay(10_000)).toBe(1000);
  });

  it('0 makes every session stable from its first moment', async () => {
    expect(await secondDelay(0, 0)).toBe(1000);
    const h = harness({ stableAfterMs: 0 });
    await settle(h, () => h.script.connects[0]?.resolve());
    expect(h.state()).toBe('running.stable');
    expect(toldTypes(h)).toEqual(['attempt.started', 'connection.opened', 'connection.stable']);
  });

  it('a stable session forgets attempt, delay, error and down time', async () => {
    const h = harness();
    await settle(h, () => h.script.connects[0]?.reject(new Error('refused')));
    await h.clock.advance(1000);
    await settle(h, () => h.script.connects[1]?.resolve());
    expect(h.actor.getSnapshot().context).toMatchObject({ attempt: 1, delayMs: 1000 });
    await h.clock.advance(10_000);
    expect(h.actor.getSnapshot().context).toMatchObject({
      attempt: 0,
      delayMs: 0,
      lastError: undefined,
      downSinceMs: undefined,
    });
  });
});

describe('downMs', () => {
  it('counts from the start, and after a stable session from its end', async () => {
    const downs: number[] = [];
    const h = harness({
      backoff: ({ downMs }) => {
        downs.push(downMs);
        return Continue(1000);
      },
    });
    await h.clock.advance(300);
    await settle(h, () => h.script.connects[0]?.reject(new Error('refused')));
    await h.clock.advance(1000);
    await settle(h, () => h.script.connects[1]?.resolve());
    await h.clock.advance(9999);
    await settle(h, () => h.script.runs[0]?.resolve(Continue()));
    await h.clock.advance(1000);
    await settle(h, () => h.script.connects[2]?.resolve());
    await h.clock.advance(10_000);
    await settle(h, () => h.script.runs[1]?.resolve(Continue()));
    await goTo(h, 'connecting.attempting');
    await h.clock.advance(1000);
    await settle(h, () => h.script.connects[3]?.reject(new Error('refused')));
    expect(downs).toEqual([300, 11_299, 0, 1000]);
  });
});
