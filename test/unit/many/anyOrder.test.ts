import fc from 'fast-check';
import { type Permit, type PermitOutcome } from 'schmoozer';
import { type BudgetStore, connectBudget } from 'schmoozer/budget';
import { adaptivePace, connectLimiter, fixedPace, type Pace } from 'schmoozer/limiter';
import { type VirtualClock, virtualClock } from 'schmoozer/testing';
import { expect, it } from 'vitest';
import { type Applicant, apply } from '../../support/permits.js';

const paces: Readonly<Record<string, () => Pace>> = {
  none: () => fixedPace({ perSecond: Infinity }),
  fixed: () => fixedPace({ perSecond: 3, burst: 2 }),
  adaptive: () => adaptivePace(),
};

/** Stores of a budget: how long each takes to answer, and what. */
const stores: Readonly<Record<string, (clock: VirtualClock) => BudgetStore | undefined>> = {
  none: () => undefined,
  slow: ({ setTimeout, now }) => {
    let freeAtMs = 0;
    return {
      async reserve({ permits }) {
        await new Promise<void>((resolve) => setTimeout(resolve, 100));
        freeAtMs = Math.max(freeAtMs, now()) + permits * 50;
        return { delayMs: freeAtMs - permits * 50 - now() };
      },
    };
  },
  broken: () => {
    let calls = 0;
    return {
      reserve: () => {
        calls += 1;
        if (calls % 3 === 0) return Promise.reject(new Error('away'));
        return calls % 3 === 1 ? Promise.resolve({ delayMs: 5 }) : new Promise(() => {});
      },
    };
  },
};

/** What may be done, from outside or by somebody who is granted a permit. */
type Deed =
  | {
      readonly type: 'ask';
      readonly key: string;
      readonly priority: number;
      readonly attempt: number;
    }
  | { readonly type: 'settle'; readonly which: number; readonly outcome: PermitOutcome }
  | { readonly type: 'cancel'; readonly which: number }
  | { readonly type: 'stats' };

const deeds: fc.Arbitrary<Deed> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      type: fc.constant('ask' as const),
      key: fc.constantFrom('a', 'b', 'c'),
      priority: fc.integer({ min: -1, max: 1 }),
      attempt: fc.nat({ max: 2 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      type: fc.constant('settle' as const),
      which: fc.nat({ max: 9 }),
      outcome: fc.constantFrom<PermitOutcome>('opened', 'failed', 'overloaded', 'ignored'),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ type: fc.constant('cancel' as const), which: fc.nat({ max: 9 }) }),
  },
  { weight: 1, arbitrary: fc.constant({ type: 'stats' as const }) },
);

const scripts = fc.record({
  pace: fc.constantFrom(...Object.keys(paces)),
  budget: fc.constantFrom(...Object.keys(stores)),
  maxConcurrent: fc.integer({ min: 1, max: 3 }),
  maxConcurrentTotal: fc.constantFrom(1, 2, 4, Infinity),
  steps: fc.array(fc.record({ deed: deeds, afterMs: fc.constantFrom(0, 0, 0, 300, 2000) }), {
    maxLength: 60,
    size: 'max',
  }),
  /** Done inside of grants, one after the other. */
  inside: fc.array(fc.option(deeds), { maxLength: 20, size: 'max' }),
});

it('caps hold, no request waits beside room or for ever, and keys leave nothing, whatever is done, in grants too', async () => {
  let grants = 0;
  // On a failure fast-check prints the seed, the path and the smallest script it could find.
  await fc.assert(
    fc.asyncProperty(
      scripts,
      async ({ pace, budget, maxConcurrent, maxConcurrentTotal, steps, inside }) => {
        const clock = virtualClock();
        const { now } = clock;
        const caps = { maxConcurrent, maxConcurrentTotal };
        const store = stores[budget]?.(clock);
        const limiter = connectLimiter({
          pace: paces[pace]?.() as Pace,
          clock,
          now,
          ...(store && { budget: connectBudget(store, { clock, now }) }),
          ...caps,
        });
        const waiting = new Set<Applicant>();
        const held: { readonly key: string; readonly permit: Permit }[] = [];
        const heldOf = (key: string) => held.filter((each) => each.key === key).length;
        const deedsInside = [...inside];

        const settle = (which: number, outcome: PermitOutcome) => {
          const [taken] = held.splice(which % Math.max(1, held.length), 1);
          taken?.permit.settle(outcome, 1000);
        };
        const granted = (applicant: Applicant) => {
          grants += 1;
          waiting.delete(applicant);
          held.push({ key: applicant.name, permit: applicant.permit as Permit });
          expect(heldOf(applicant.name)).toBeLessThanOrEqual(maxConcurrent);
          expect(held.length).toBeLessThanOrEqual(maxConcurrentTotal);
          const deed = deedsInside.shift();
          if (deed) act(deed);
        };
        const act = (deed: Deed) => {
          if (deed.type === 'ask') {
            const applicant = apply(limiter, deed, granted, deed.key);
            if (applicant.permit === undefined) waiting.add(applicant);
          } else if (deed.type === 'settle') settle(deed.which, deed.outcome);
          else if (deed.type === 'stats') limiter.stats();
          else {
            const applicant = [...waiting][deed.which % Math.max(1, waiting.size)];
            if (applicant === undefined) return;
            waiting.delete(applicant);
            applicant.cancel();
          }
        };

        for (const { deed, afterMs } of steps) {
          act(deed);
          await clock.advance(afterMs);
          const stats = limiter.stats();
          // A store that is away is asked, and one that was asked answers, whoever waits.
          if (waiting.size === 0 && budget === 'none') expect(clock.pending).toEqual([]);
          for (const key of ['a', 'b', 'c']) {
            const { queued = 0, inFlight = 0 } = stats.find((each) => each.key === key) ?? {};
            expect(queued).toBe([...waiting].filter(({ name }) => name === key).length);
            expect(inFlight).toBe(heldOf(key));
            const hasRoom = inFlight < maxConcurrent && held.length < maxConcurrentTotal;
            if (pace === 'none' && budget === 'none' && hasRoom) expect(queued).toBe(0);
          }
        }
        while (held.length > 0 || waiting.size > 0) {
          if (held.length > 0) settle(0, 'opened');
          else {
            await clock.drain();
            // A pace, a store and its deadline always have a timer for those that wait.
            if (held.length === 0 && waiting.size > 0) expect(await clock.next()).toBe(true);
          }
        }
        if (budget === 'none') expect(clock.pending).toEqual([]);
        await clock.advance(60_000);
        expect(clock.pending).toEqual([]);
        expect(limiter.stats()).toEqual([]);
      },
    ),
    { numRuns: 500 },
  );
  expect(grants).toBeGreaterThan(1000);
});
