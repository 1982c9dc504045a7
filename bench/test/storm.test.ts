import { exponentialBackoff } from 'schmoozer';
import { describe, expect, it } from 'vitest';
import { defaultDelayMs } from '../defaultDelayMs.js';
import { actorStorm } from '../storm/actorStorm.js';
import { formulaStorm } from '../storm/formulaStorm.js';
import { limitedStorm } from '../storm/limitedStorm.js';
import { schedules, type Schedule } from '../storm/schedules.js';
import { idealMs, stormServer } from '../storm/stormServer.js';

// Against a hang alone: a busy machine may take its time.
const DEADLINE_MS = 120_000;

describe('stormServer', () => {
  it('refuses at once before 2000 ms, then accepts 50 in one go and lets the rest wait 1000 ms', () => {
    const server = stormServer();
    expect(server.attempt(1999)).toEqual({ isAccepted: false, afterMs: 0 });
    const answers = Array.from({ length: 51 }, () => server.attempt(2000));
    expect(answers.filter(({ isAccepted }) => isAccepted).length).toBe(50);
    expect(answers.at(-1)).toEqual({ isAccepted: false, afterMs: 1000 });
    expect([server.attempt(2001.9).isAccepted, server.attempt(2002).isAccepted]).toEqual([
      false,
      true,
    ]);
    expect([server.attempts, server.peak]).toEqual([54, 53]);
  });

  it('would have 10 000 clients back after 22 s if they came one after another', () => {
    expect(idealMs(10_000)).toBe(22_000);
  });
});

describe('formulaStorm', () => {
  it.each([
    ['partysocket', 1989, 10_000],
    ['phoenix', 1091, 10_000],
  ])(
    '%s, which has no jitter, is back after %d s in volleys of %d',
    { timeout: DEADLINE_MS },
    (name, seconds, peak) => {
      const sample = formulaStorm(schedules[name] as Schedule, 10_000, 1);
      expect(Math.round(sample.allBackMs / 1000)).toBe(seconds);
      expect(sample.peak).toBe(peak);
    },
  );
});

describe('defaultDelayMs', () => {
  it('is what the library waits by default', () => {
    const backoff = exponentialBackoff();
    const { signal } = new AbortController();
    const about = {
      phase: 'connect',
      error: undefined,
      previousDelayMs: 0,
      hintMs: undefined,
      downMs: 0,
      signal,
    } as const;
    for (const attempt of [1, 2, 3, 5, 6, 40]) {
      for (const chance of [0, 0.25, 0.999]) {
        const { payload } = backoff({ ...about, attempt }, () => chance) as { payload: number };
        expect(payload).toBe(defaultDelayMs(attempt, () => chance));
      }
    }
  });
});

describe('limitedStorm', () => {
  it('comes out near the actors: all are back, and few attempts are wasted', async () => {
    const fleet = { clients: 500, seed: 1, processes: 5, isBoot: true };
    const [formula, ours] = [limitedStorm(fleet), await actorStorm(fleet)];
    expect(formula.attempts - formula.wasted).toBe(500);
    expect(ours.attempts - ours.wasted).toBe(500);
    const ratio = ours.allBackMs / formula.allBackMs;
    expect(ratio).toBeGreaterThan(0.7);
    expect(ratio).toBeLessThan(1.4);
  });
});

describe('actorStorm', () => {
  it(
    'comes out near its formula: actors add no time and lose no client',
    { timeout: DEADLINE_MS },
    async () => {
      const ours = await actorStorm({ clients: 500, seed: 1 });
      const formula = formulaStorm(schedules['formula'] as Schedule, 500, 1);
      expect(ours.attempts).toBeGreaterThan(500);
      const ratio = ours.attempts / formula.attempts;
      expect(ratio).toBeGreaterThan(0.9);
      expect(ratio).toBeLessThan(1.1);
    },
  );
});
