import { describe, expect, it } from 'vitest';
import { statePaths } from '../../src/machine/vocabulary.js';
import { LIMIT_MS } from '../../lab/model/frames.js';
import { defaults, type Settings } from '../../lab/model/settings.js';
import { type Frame, simulate } from '../../lab/model/simulate.js';

async function framesOf(own: Partial<Settings>): Promise<Frame[]> {
  const { frames } = await simulate({ ...defaults, clients: 300, ...own });
  const seen: Frame[] = [];
  for await (const frame of frames()) seen.push(frame);
  return seen;
}

/** How many clients are in states whose path begins so. */
const count = (frame: Frame | undefined, path: string) =>
  statePaths.reduce(
    (sum, each, i) => (each.startsWith(path) ? sum + (frame?.states[i] ?? 0) : sum),
    0,
  );

describe.each(['actors', 'formulas'] as const)('clients that are %s', (are) => {
  it('are up until the outage begins, down in it, and back after it', async () => {
    const frames = await framesOf({ are, outageAt: 3, outage: 4 });
    expect(frames.slice(0, 30).every((frame) => count(frame, 'running') === 300)).toBe(true);
    expect(frames.slice(31, 70).every((frame) => count(frame, 'running') === 0)).toBe(true);
    expect(frames.slice(31, 70).some(({ accepted }) => accepted > 0)).toBe(false);
    expect(frames.slice(31, 70).some(({ attempts }) => attempts > 0)).toBe(true);
    expect(count(frames.at(-1), 'running')).toBe(300);
    expect(count(frames.at(-2), 'running')).toBeLessThan(300);
  });

  it('boot within a second, and are lost again where an outage follows', async () => {
    const boot = { are, boot: true, clients: 40 };
    const calm = await framesOf({ ...boot, outage: 0 });
    expect(count(calm[0], '')).toBe(0);
    expect(count(calm[5], '')).toBeGreaterThan(10);
    expect(count(calm[5], '')).toBeLessThan(30);
    expect(calm.length).toBeLessThanOrEqual(11);
    expect(count(calm.at(-1), 'running')).toBe(40);

    const lost = await framesOf({ ...boot, outageAt: 2, outage: 1 });
    expect(count(lost[19], 'running')).toBe(40);
    expect(count(lost[21], 'running')).toBe(0);
    expect(count(lost.at(-1), 'running')).toBe(40);
  });

  it('take longer where turning one away costs the server something', async () => {
    const storm = { are, clients: 2000, capacity: 200 };
    const frames = await Promise.all([framesOf(storm), framesOf({ ...storm, collapse: 50 })]);
    const [well, worn] = frames.map(({ length }) => length) as [number, number];
    expect(worn).toBeGreaterThan(1.1 * well);
  });
});

it('is given up where clients do not come back', async () => {
  // Without jitter and without an end to the waits: a volley each, of which some get in.
  const frames = await framesOf({ are: 'formulas', clients: 2000, burst: 10, backoff: 'pRetry' });
  expect(frames).toHaveLength(LIMIT_MS / 100 + 1);
  expect(count(frames.at(-1), 'running')).toBeLessThan(2000);
});

it('with a limiter there is a queue, and the server turns few away', async () => {
  const [alone, paced] = await Promise.all([framesOf({}), framesOf({ limiter: true })]);
  const most = (frames: readonly Frame[], path: string) =>
    Math.max(...frames.map((frame) => count(frame, path)));
  expect(most(alone, 'connecting.queued')).toBe(0);
  expect(most(paced, 'connecting.queued')).toBeGreaterThan(100);
});
