import { getEventListeners } from 'node:events';
import { InvalidOptionError } from 'schmoozer';
import { type ClaimTerms, expiringLock, type LockClaim, type LockHold } from 'schmoozer/exclusive';
import { virtualClock } from 'schmoozer/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import { rejection } from '../../support/loopback.js';

const LIFE_MS = 1000;

/** A store whose answers are what a test puts there. */
function world(change: Partial<LockClaim> = {}) {
  const clock = virtualClock();
  const asked: string[] = [];
  const terms: ClaimTerms[] = [];
  const note =
    <T>(name: string, call: () => PromiseLike<T>) =>
    () => {
      asked.push(`${name} ${clock.now()}`);
      return call();
    };
  const claim: LockClaim = {
    take: note('take', change.take ?? (async () => 7)),
    renew: note('renew', change.renew ?? (async () => true)),
    release: note('release', change.release ?? (async () => {})),
  };
  let jumpMs = 0;
  const lock = expiringLock(
    {
      claim(of) {
        terms.push(of);
        return claim;
      },
    },
    { lifeMs: LIFE_MS, pollMs: 100, clock, now: () => clock.now() + jumpMs },
  );
  const controller = new AbortController();
  const acquire = () => Promise.resolve(lock.acquire({ name: 'feed', signal: controller.signal }));
  onTestFinished(() => {
    expect(clock.pending).toEqual([]);
    expect(getEventListeners(controller.signal, 'abort')).toEqual([]);
  });
  return {
    clock,
    asked,
    terms,
    acquire,
    abort: () => controller.abort(new Error('not wanted')),
    /** The process stands still for so long. */
    stall: (ms: number) => (jumpMs += ms),
    async hold(): Promise<LockHold> {
      const hold = acquire();
      await clock.drain();
      return hold;
    },
  };
}

const never = () => new Promise<never>(() => {});

describe('expiringLock', () => {
  it('takes the lock at once if it is free, and gives it back', async () => {
    const w = world();
    const hold = await w.hold();
    expect(hold.fence).toBe(7);
    expect(hold.lost.aborted).toBe(false);
    expect(w.terms).toMatchObject([{ name: 'feed', lifeMs: LIFE_MS }]);
    await hold.release();
    expect(w.asked).toEqual(['take 0', 'release 0']);
  });

  it('asks each `pollMs` while another process holds it', async () => {
    let turns = 0;
    const w = world({ take: async () => (++turns === 4 ? 9 : undefined) });
    const hold = w.acquire();
    await w.clock.advance(299);
    expect(w.asked).toEqual(['take 0', 'take 100', 'take 200']);
    await w.clock.advance(1);
    expect((await hold).fence).toBe(9);
    await (await hold).release();
  });

  it('renews each fifth of the life, until it is released', async () => {
    const w = world();
    const hold = await w.hold();
    await w.clock.advance(10 * LIFE_MS);
    expect(hold.lost.aborted).toBe(false);
    expect(w.asked).toHaveLength(1 + 50);
    expect(w.asked.slice(1, 3)).toEqual(['renew 200', 'renew 400']);
    await hold.release();
    await w.clock.advance(LIFE_MS);
    expect(w.asked).toHaveLength(52);
  });

  it.each<[string, () => Promise<boolean>, unknown]>([
    ['rejects', () => Promise.reject(new Error('away')), new Error('away')],
    ['hangs', never, undefined],
  ])('is lost after four fifths of the life of a store that %s', async (_what, renew, cause) => {
    const w = world({ renew });
    const hold = await w.hold();
    await w.clock.advance(799);
    expect(hold.lost.aborted).toBe(false);
    await w.clock.advance(1);
    expect(hold.lost.aborted).toBe(true);
    expect(hold.lost.reason).toMatchObject({ message: 'the lock was not renewed in time' });
    expect((hold.lost.reason as Error).cause).toEqual(cause);
    await hold.release();
  });

  it('names no failure of the store after which it has renewed the lock', async () => {
    let turns = 0;
    const w = world({
      renew: () => {
        turns += 1;
        if (turns === 1) return Promise.reject(new Error('away'));
        return turns === 2 ? Promise.resolve(true) : never();
      },
    });
    const hold = await w.hold();
    await w.clock.advance(1199);
    expect(hold.lost.aborted).toBe(false);
    await w.clock.advance(1);
    expect(hold.lost.reason).not.toHaveProperty('cause');
    await hold.release();
  });

  it('counts from the moment at which the store was asked, not from that of its answer', async () => {
    let isSlow = false;
    const w = world({
      renew: () => (isSlow ? never() : ((isSlow = true), later(150))),
    });
    const later = (ms: number) =>
      new Promise<boolean>((resolve) => void w.clock.setTimeout(() => resolve(true), ms));
    const hold = await w.hold();
    // Renewed at 200, answered at 350: it lasts until 1000.
    await w.clock.advance(999);
    expect(hold.lost.aborted).toBe(false);
    await w.clock.advance(1);
    expect(hold.lost.aborted).toBe(true);
  });

  it('outlasts a store that is away for less than that', async () => {
    let turns = 0;
    const w = world({
      renew: async () => {
        if (++turns < 3) throw new Error('away');
        return true;
      },
    });
    const hold = await w.hold();
    await w.clock.advance(5 * LIFE_MS);
    expect(turns).toBe(25);
    expect(hold.lost.aborted).toBe(false);
    await hold.release();
  });

  it('is lost at once when the store says that it has another holder', async () => {
    const w = world({ renew: async () => false });
    const hold = await w.hold();
    await w.clock.advance(200);
    expect(hold.lost.reason).toMatchObject({ message: 'the lock has another holder, or none' });
  });

  it('is lost at once when the claim says so', async () => {
    const w = world();
    const hold = await w.hold();
    w.terms[0]?.lose('the connection is gone');
    expect(hold.lost.reason).toBe('the connection is gone');
  });

  it('is lost from the start if the claim has said so before it was taken', async () => {
    const w = world({
      take: async () => {
        w.terms[0]?.lose('gone');
        return 1;
      },
    });
    expect((await w.hold()).lost.reason).toBe('gone');
  });

  it('is lost from the start if its life was over before the answer came', async () => {
    const w = world({
      take: async () => {
        w.stall(800);
        return 1;
      },
    });
    expect((await w.hold()).lost.aborted).toBe(true);
  });

  it('is lost when a renewal is answered after the process has stood still', async () => {
    const w = world({
      renew: async () => {
        w.stall(800);
        return true;
      },
    });
    const hold = await w.hold();
    await w.clock.advance(200);
    expect(hold.lost.aborted).toBe(true);
  });

  it('begins no life again for a renewal that is answered after the release', async () => {
    let answer = (_isOurs: boolean) => {};
    const w = world({ renew: () => new Promise((resolve) => (answer = resolve)) });
    const hold = await w.hold();
    await w.clock.advance(200);
    await hold.release();
    answer(true);
    await w.clock.drain();
    expect(w.clock.pending).toEqual([]);
  });

  it('rejects with what the store throws, and gives the claim up', async () => {
    const away = new Error('away');
    const w = world({ take: () => Promise.reject(away) });
    expect(await rejection(w.acquire())).toBe(away);
    expect(w.asked).toEqual(['take 0', 'release 0']);
  });

  it('rejects when the store does not answer within a life', async () => {
    const w = world({ take: never });
    const rejected = rejection(w.acquire());
    await w.clock.advance(LIFE_MS);
    expect(await rejected).toMatchObject({
      code: 'ERR_LOCK',
      message: 'the store of the lock did not answer within 1000 ms',
    });
    expect(w.asked).toEqual(['take 0', 'release 1000']);
  });

  it('tells a claim that is under way that it is not wanted any more', async () => {
    let told: AbortSignal | undefined;
    const clock = virtualClock();
    const lock = expiringLock(
      {
        claim({ signal }) {
          told = signal;
          return never();
        },
      },
      { lifeMs: LIFE_MS, clock },
    );
    const rejected = rejection(lock.acquire({ name: 'x', signal: new AbortController().signal }));
    await clock.advance(LIFE_MS - 1);
    expect(told?.aborted).toBe(false);
    await clock.advance(1);
    expect(await rejected).toMatchObject({ code: 'ERR_LOCK' });
    expect(told?.aborted).toBe(true);
  });

  it('has timers and a clock of its own', async () => {
    const claim = { take: async () => 1, renew: async () => true, release: async () => {} };
    const { signal } = new AbortController();
    const hold = await expiringLock({ claim: () => claim }).acquire({ name: 'x', signal });
    expect(hold.lost.aborted).toBe(false);
    await hold.release();
  });

  it('rejects when there is no claim, at once or later', async () => {
    const error = new Error('no connection');
    const { signal } = new AbortController();
    const atOnce = expiringLock({
      claim() {
        throw error;
      },
    });
    const later = expiringLock({ claim: () => Promise.reject(error) });
    for (const lock of [atOnce, later]) {
      expect(await rejection(lock.acquire({ name: 'x', signal }))).toBe(error);
    }
  });

  it.each<[string, () => Promise<number | undefined>]>([
    ['between two questions', async () => undefined],
    ['while it is asked', never],
  ])('gives the claim up when it is not wanted any more, %s', async (_when, take) => {
    const w = world({ take });
    const rejected = rejection(w.acquire());
    await w.clock.drain();
    w.abort();
    expect(await rejected).toMatchObject({ message: 'not wanted' });
    expect(w.asked).toEqual(['take 0', 'release 0']);
  });

  it('gives up a claim that comes when it is not wanted any more, and one whose release fails', async () => {
    const w = world({ release: () => Promise.reject(new Error('away')) });
    w.abort();
    expect(await rejection(w.acquire())).toMatchObject({ message: 'not wanted' });
    await w.clock.drain();
    expect(w.asked).toEqual(['release 0']);
  });

  it.each<[string, unknown]>([
    ['lifeMs', 499],
    ['lifeMs', 2 ** 31],
    ['lifeMs', 500.5],
    ['pollMs', 0],
    ['pollMs', 2001],
    ['clock', {}],
    ['now', 1],
    ['life', 1000],
  ])('refuses `%s`: %s', (option, value) => {
    const call = () => expiringLock({ claim: never }, { [option]: value });
    expect(call).toThrow(InvalidOptionError);
    expect(call).toThrow(`\`${option}`);
  });

  it('refuses what is no store, and takes the least and the most', () => {
    expect(() => expiringLock({} as never)).toThrow('`store.claim`');
    expect(() => expiringLock({ claim: never }, { lifeMs: 500, pollMs: 100 })).not.toThrow();
    expect(() => expiringLock({ claim: never }, { lifeMs: 500, pollMs: 100.1 })).toThrow('pollMs');
    expect(() => expiringLock({ claim: never }, { lifeMs: 2 ** 31 - 1 })).not.toThrow();
  });
});
