import { ExponentialBackoff } from 'cockatiel';
import { exponentialBackoff } from 'schmoozer';
import { describe, expect, it, vi } from 'vitest';
import { defaultDelayMs } from '../defaultDelayMs.js';
import { actorStorm } from '../storm/actorStorm.js';
import { formulaStorm } from '../storm/formulaStorm.js';
import { limitedStorm } from '../storm/limitedStorm.js';
import { schedules, schedulesOfClients, type Schedule } from '../storm/schedules.js';
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

describe('stormServer with a plan', () => {
  it('is up until it is lost, and comes back rested', () => {
    const capacity = { perSecond: 10, burst: 2 };
    const server = stormServer({ downFromMs: 1000, backAtMs: 3000, capacity });
    const take = (...at: number[]) => at.map((ms) => server.attempt(ms).isAccepted);
    expect(take(900, 900, 900, 999.9)).toEqual([true, true, false, false]);
    expect(take(1000, 2999.9)).toEqual([false, false]);
    expect(server.attempt(2000)).toEqual({ isAccepted: false, afterMs: 0 });
    expect(take(3000, 3000, 3000)).toEqual([true, true, false]);
    expect(server.tenths.attempts.slice(9, 11)).toEqual([4, 1]);
    expect(server.tenths.accepted[30]).toBe(2);
  });

  it('owes for what it turns away, but no more than 1 s of its work', () => {
    const capacity = { perSecond: 10, burst: 1 };
    const plan = { backAtMs: 0, capacity, surplusCost: 0.5 };
    const server = stormServer(plan);
    // One is taken in; two that are not cost as much again, 100 ms.
    for (let i = 0; i < 3; i++) server.attempt(0);
    expect(server.attempt(199).isAccepted).toBe(false);
    const worn = stormServer(plan);
    for (let i = 0; i < 1000; i++) worn.attempt(0);
    expect(worn.attempt(1099).isAccepted).toBe(false);
    expect(worn.attempt(1150.1).isAccepted).toBe(true);
  });
});

describe('the schedules of clients that remember', () => {
  const delaysOf = (name: string, chances: readonly number[]) => {
    const left = [...chances];
    const random = () => left.shift() ?? 0;
    const schedule = (schedulesOfClients[name] as (typeof schedulesOfClients)[string])(random);
    return (attempts: number) =>
      Array.from({ length: attempts }, (_, i) => schedule(i + 1, random));
  };

  it('cockatiel’s are those of its ExponentialBackoff', () => {
    const chances = [0.1, 0.9, 0.5, 0.25, 0.75, 0.3, 0.999, 0, 0.6, 0.2, 0.4, 0.8];
    const chance = vi.spyOn(Math, 'random');
    for (const value of chances) chance.mockReturnValueOnce(value);
    const theirs: number[] = [];
    let backoff = new ExponentialBackoff().next();
    for (let i = 0; i < chances.length; i++) {
      theirs.push(backoff.duration);
      backoff = backoff.next(undefined);
    }
    chance.mockRestore();
    const ours = delaysOf('cockatiel', chances)(chances.length);
    for (const [i, delayMs] of ours.entries()) expect(delayMs).toBeCloseTo(theirs[i] as number, 6);
  });

  it('reconnecting-websocket throws its first delay once for each client', () => {
    expect(delaysOf('reconnectingWebSocket', [0.25])(3)).toEqual([2000, 2600, 2000 * 1.3 ** 2]);
    expect(delaysOf('reconnectingWebSocket', [1])(5).at(-1)).toBe(10_000);
  });

  it('p-retry doubles from 1 s without an end, MQTT.js waits 1 s', () => {
    expect(delaysOf('pRetry', [])(4)).toEqual([1000, 2000, 4000, 8000]);
    expect(delaysOf('mqttJs', [])(3)).toEqual([1000, 1000, 1000]);
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
