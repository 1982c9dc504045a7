import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chance } from '../../support/chance.js';
import { EndpointPool, type Member } from '../../../src/many/endpointPool.js';

interface Given {
  readonly id: string;
  readonly weight: number;
  readonly priority: number;
}

const orders = ['failover', 'random', 'round-robin'] as const;
const eject = { consecutiveFailures: 5, baseMs: 30_000, maxMs: 300_000 };

function poolOf(given: readonly Given[], order: (typeof orders)[number], seed = 1) {
  const world = { nowMs: 0, ejected: [] as [Member, number][] };
  const { below } = chance(seed);
  const pool = new EndpointPool({
    order,
    eject,
    now: () => world.nowMs,
    random: () => below(2 ** 30) / 2 ** 30,
    onEject: (member, forMs) => void world.ejected.push([member, forMs]),
  });
  pool.update(given.map((each) => ({ ...each, name: each.id, endpoint: each.id })));
  return { pool, world };
}

const lists = fc
  .array(fc.record({ weight: fc.nat({ max: 5 }), priority: fc.nat({ max: 2 }) }), {
    minLength: 1,
    maxLength: 6,
  })
  .map((list) => list.map((each, i) => ({ ...each, id: `e${i}` })));

/** What may happen to the endpoint of the next attempt. */
const steps = fc.array(
  fc.record({
    what: fc.constantFrom('fails', 'fails', 'fails', 'hint', 'serves', 'aborted', 'changes'),
    afterMs: fc.constantFrom(0, 300, 10_000, 70_000),
    keep: fc.integer({ min: 1, max: 6 }),
  }),
  { maxLength: 80, size: 'max' },
);

describe('EndpointPool', () => {
  it('never sets the last endpoint aside, and asks each one once in a round', () => {
    fc.assert(
      fc.property(lists, fc.constantFrom(...orders), fc.nat(), steps, (given, order, seed, all) => {
        const { pool, world } = poolOf(given, order, seed);
        let round: Member[] = [];
        for (const { what, afterMs, keep } of all) {
          world.nowMs += afterMs;
          const next = pool.next();
          expect(pool.next()).toBe(next);
          expect(pool.members).toContain(next);
          if (what === 'aborted') continue;
          if (what === 'changes') {
            pool.update(given.slice(0, keep).map((g) => ({ ...g, name: g.id, endpoint: g.id })));
            round = [];
          } else if (what === 'serves') {
            pool.praise(next);
            round = [];
          } else {
            expect(round).not.toContain(next);
            round.push(next);
            const { isOver, hintMs } = pool.fail(next, false, what === 'hint' ? 20_000 : undefined);
            // A hint is told when nobody can be asked before.
            if (hintMs !== undefined) {
              expect(pool.members.every((m) => m.restsUntilMs >= world.nowMs + hintMs)).toBe(true);
            }
            if (isOver) {
              const left = pool.members.filter((m) => !round.includes(m));
              expect(left.every((m) => m.restsUntilMs > world.nowMs)).toBe(true);
              round = [];
            } else expect(pool.isInRound).toBe(true);
          }
          const free = pool.members.filter((m) => m.ejectedUntilMs <= world.nowMs);
          // Only a list that has changed may hold none but those that were set aside.
          if (what !== 'changes' && !all.some((step) => step.what === 'changes')) {
            expect(free.length).toBeGreaterThan(0);
          }
        }
        for (const [, forMs] of world.ejected) {
          expect(forMs % 30_000).toBe(0);
          expect(forMs).toBeLessThanOrEqual(300_000);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('reaches every healthy endpoint within one round, ejected or not', () => {
    fc.assert(
      fc.property(
        lists,
        fc.constantFrom(...orders),
        fc.nat(),
        fc.nat({ max: 60 }),
        (given, order, seed, failures) => {
          const { pool, world } = poolOf(given, order, seed);
          for (let i = 0; i < failures; i++) {
            world.nowMs += 300;
            pool.fail(pool.next(), false);
          }
          // From here on one alone is healthy, whichever that is.
          for (const healthy of pool.members) {
            let asked = 0;
            // What is left of a round that has begun, and one round more.
            while (pool.next() !== healthy) {
              pool.fail(pool.next(), false);
              asked += 1;
              expect(asked).toBeLessThan(2 * given.length);
            }
            pool.fail(healthy, false);
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  it('goes by priority first, and through those of one priority in the order of the list', () => {
    const { pool } = poolOf(
      [
        { id: 'far', priority: 2, weight: 9 },
        { id: 'near', priority: 1, weight: 0 },
        { id: 'next', priority: 1, weight: 5 },
      ],
      'failover',
    );
    const asked = ['near', 'next', 'far', 'near'].map(() => {
      const member = pool.next();
      pool.fail(member, false);
      return member.id;
    });
    expect(asked).toEqual(['near', 'next', 'far', 'near']);
  });

  it('is random in proportion to the weights; those of weight 0 share a chance of 1', () => {
    const firsts = { a: 0, b: 0, c: 0, d: 0 };
    const weights = { a: 6, b: 3, c: 0, d: 0 };
    const given = Object.entries(weights).map(([id, weight]) => ({ id, weight, priority: 0 }));
    const { pool } = poolOf(given, 'random', 7);
    for (let i = 0; i < 10_000; i++) {
      pool.restart();
      firsts[pool.next().id as 'a'] += 1;
    }
    const shares = Object.values(firsts).map((count) => count / 1000);
    // Five standard deviations are 0.25.
    for (const [i, share] of [6, 3, 0.5, 0.5].entries()) {
      expect(Math.abs((shares[i] as number) - share)).toBeLessThan(0.25);
    }
  });

  it('stays with the last good one where the order is random, unless it fails', () => {
    for (let seed = 1; seed <= 50; seed++) {
      const { pool } = poolOf(
        ['a', 'b', 'c'].map((id) => ({ id, weight: 1, priority: 0 })),
        'random',
        seed,
      );
      const good = pool.next();
      pool.praise(good);
      expect(pool.next()).toBe(good);
      pool.fail(good, false);
      expect(pool.next()).not.toBe(good);
    }
  });

  it('gives each its turns by its weight, from a start that differs', () => {
    const starts = new Set<string>();
    for (let seed = 1; seed <= 30; seed++) {
      const given = Object.entries({ a: 5, b: 1, c: 1, d: 0 });
      const { pool } = poolOf(
        given.map(([id, weight]) => ({ id, weight, priority: 0 })),
        'round-robin',
        seed,
      );
      const turns = Array.from({ length: 70 }, () => {
        const member = pool.next();
        pool.praise(member);
        return member.id;
      });
      starts.add(turns.slice(0, 7).join(''));
      const count = (id: string) => turns.filter((each) => each === id).length;
      expect(Math.abs(count('a') - 50)).toBeLessThanOrEqual(1);
      expect(Math.abs(count('b') - 10)).toBeLessThanOrEqual(1);
      expect(count('d')).toBe(0);
      // Spread among the others, not in a row of five and more.
      expect(turns.join('')).not.toMatch(/a{6}/);
    }
    expect(starts.size).toBeGreaterThan(1);
  });

  it('takes turns evenly where all weights are 0', () => {
    const { pool } = poolOf(
      ['a', 'b'].map((id) => ({ id, weight: 0, priority: 0 })),
      'round-robin',
    );
    const turns = Array.from({ length: 6 }, () => {
      const member = pool.next();
      pool.praise(member);
      return member.id;
    });
    expect(turns.join('')).toMatch(/^(ab|ba)\1\1$/);
  });

  it('ejects for 30 s times the number of ejections, 300 s at most, until a good session', () => {
    const { pool, world } = poolOf(
      ['a', 'b'].map((id) => ({ id, weight: 1, priority: 0 })),
      'failover',
    );
    const [a] = pool.members as [Member];
    const failFiveTimes = () => {
      for (let i = 0; i < 5; i++) pool.fail(a, false);
      // While it is set aside nothing more is counted.
      pool.fail(a, false);
      world.nowMs = a.ejectedUntilMs;
    };
    for (let i = 0; i < 12; i++) failFiveTimes();
    expect(world.ejected.map(([, forMs]) => forMs / 1000)).toEqual([
      30, 60, 90, 120, 150, 180, 210, 240, 270, 300, 300, 300,
    ]);
    pool.praise(a);
    failFiveTimes();
    expect(world.ejected.at(-1)?.[1]).toBe(30_000);
  });

  it('keeps what it knows of an endpoint that stays', () => {
    const { pool } = poolOf([{ id: 'a', weight: 1, priority: 0 }], 'failover');
    const [a] = pool.members as [Member];
    pool.fail(a, false);
    pool.update([
      { id: 'b', name: 'b', endpoint: 'b', weight: 1, priority: 0 },
      { id: 'a', name: 'a', endpoint: 'a', weight: 7, priority: 3 },
      { id: 'b', name: 'again', endpoint: 'b', weight: 1, priority: 0 },
    ]);
    expect(pool.members.map(({ name }) => name)).toEqual(['b', 'a']);
    expect(pool.members[1]).toBe(a);
    expect(a).toMatchObject({ failures: 1, weight: 7, priority: 3 });
  });
});
