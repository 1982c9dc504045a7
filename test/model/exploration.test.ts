import { expect, it } from 'vitest';
import { explore } from './exploration.js';
import { liveThroughRelease, type Moment, moments } from './slowRelease.js';

const isDeep = process.env['SCHMOOZER_DEEP'] === '1';
const depth = isDeep ? 8 : 6;
const windowDepth = isDeep ? 4 : 3;

it(`every life of up to ${depth} steps keeps every promise`, { timeout: 900_000 }, async () => {
  const { lives, failure } = await explore({ depth, windowDepth, mergesEqual: !isDeep });
  console.log(`${lives} lives explored`);
  expect(failure).toBeUndefined();
  expect(lives).toBeGreaterThan(1000);
});

it('every three moments of a slow release keep every promise', async () => {
  const longer = (paths: Moment[][]) => paths.flatMap((path) => moments.map((m) => [...path, m]));
  const paths = longer(longer(longer([[]])));
  for (const path of paths) {
    const broken = await liveThroughRelease(path);
    expect(broken, path.join(', ')).toEqual([]);
  }
  expect(paths).toHaveLength(216);
});
