import { expect, it } from 'vitest';
import { explore } from './exploration.js';
import { liveThroughRelease, type Moment, moments } from './slowRelease.js';

const isDeep = process.env['SCHMOOZER_DEEP'] === '1';

// The deep run goes further, and at the usual depth it follows equal states each time it meets them.
const explorations = isDeep
  ? [
      { depth: 8, windowDepth: 4, mergesEqual: true },
      { depth: 6, windowDepth: 3, mergesEqual: false },
    ]
  : [{ depth: 6, windowDepth: 3, mergesEqual: true }];

it.each(explorations)(
  'every life keeps every promise: %o',
  { timeout: 900_000 },
  async (options) => {
    const { lives, failure } = await explore(options);
    console.log(`${lives} lives explored`);
    expect(failure).toBeUndefined();
    expect(lives).toBeGreaterThan(1000);
  },
);

it('every three moments of a slow release keep every promise', async () => {
  const longer = (paths: Moment[][]) => paths.flatMap((path) => moments.map((m) => [...path, m]));
  const paths = longer(longer(longer([[]])));
  for (const path of paths) {
    const broken = await liveThroughRelease(path);
    expect(broken, path.join(', ')).toEqual([]);
  }
  expect(paths).toHaveLength(moments.length ** 3);
});
