import { expect, it } from 'vitest';
import { explore } from './exploration.js';
import type { World } from './life.js';
import { liveThroughRelease, type Moment, moments } from './slowRelease.js';

const isDeep = process.env['SCHMOOZER_DEEP'] === '1';

const worlds: Record<string, World> = {
  policy: { policy: true },
  closed: { closed: true, probe: true },
  limiter: { limiter: true },
  'slow release': { closed: true, slowRelease: true },
};
const D = Number(process.env['D'] ?? 4);
const W = Number(process.env['W'] ?? 0);

it.each(Object.entries(worlds))(
  'every life keeps every promise, in the world with %s',
  { timeout: 900_000 },
  async (name, world) => {
    const cpu = process.cpuUsage().user;
    const { lives, states, failure } = await explore({
      world,
      depth: D,
      windowDepth: W,
      verifies: process.env['V'] === '1',
    });
    console.log(
      `${name}: ${lives} lives, ${states} states, ${(process.cpuUsage().user - cpu) / 1e6} s`,
    );
    expect(failure).toBeUndefined();
  },
);
