import { afterAll, describe, expect, it } from 'vitest';
import { explore } from './exploration.js';
import type { World } from './life.js';
import { beginnings, liveThroughRelease, type Moment, moments } from './slowRelease.js';

const isDeep = process.env['SCHMOOZER_DEEP'] === '1';
// A mutant is run through all layers: one step less finds what there is to find, in a fifth of the time.
const usualDepth = process.env['SCHMOOZER_MUTANT'] ? 4 : 5;

/** Each world has its own part of what can happen, so that it can be explored deeper than all of it at once. */
const worlds: Readonly<Record<string, World>> = {
  'a policy': { policy: true },
  'losses and probes': { closed: true, probe: true },
  'a limiter and losses': { limiter: true, closed: true },
  'losses and slow releases': { closed: true, slowRelease: true },
};
const everything: World = {
  policy: true,
  closed: true,
  probe: true,
  limiter: true,
  slowRelease: true,
};

const at = (depth: number, windowDepth: number, verifies = false) =>
  Object.entries(worlds).map(([name, world]) => ({ name, world, depth, windowDepth, verifies }));
const all = (depth: number, windowDepth: number, verifies = false) => [
  { name: 'everything', world: everything, depth, windowDepth, verifies },
];

// That states which look the same are the same is a claim like others.
const explorations = isDeep
  ? [...at(8, 3), ...all(7, 3), ...at(5, 0, true), ...all(5, 0, true)]
  : [...at(usualDepth, usualDepth - 3), ...all(3, 1, true)];

describe('every life keeps every promise', () => {
  const reports: string[] = [];
  afterAll(() => console.log(reports.join('\n')));

  it.each(explorations)(
    'of $depth steps in a world with $name; states that look the same are looked at again: $verifies',
    { timeout: 900_000 },
    async ({ name, ...options }) => {
      const { lives, states, failure } = await explore(options);
      const { depth, verifies } = options;
      const again = verifies ? ', looked at again' : '';
      reports.push(`${name}: ${depth} steps, ${lives} lives, ${states} states${again}`);
      expect(failure).toBeUndefined();
      expect(lives).toBeGreaterThan(1000);
    },
  );
});

it.each(beginnings)(
  'every three moments of the slow release of a session that was %s keep every promise',
  async (beginning) => {
    const longer = (paths: Moment[][]) => paths.flatMap((path) => moments.map((m) => [...path, m]));
    const paths = longer(longer(longer([[]])));
    for (const path of paths) {
      const broken = await liveThroughRelease(beginning, path);
      expect(broken, path.join(', ')).toEqual([]);
    }
    expect(paths).toHaveLength(moments.length ** 3);
  },
);
