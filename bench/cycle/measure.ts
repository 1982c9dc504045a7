import type { Measure } from '../bench.js';
import { collectGarbage } from '../collectGarbage.js';
import { script } from './script.js';

/** A timer for each cycle makes it last so long that fewer of them must do. */
const withTimers = ['cockatiel', 'async-retry'];

export const measure: Measure = async ({ variant, pass, size }) => {
  const { cyclesWithTimers = 1, cyclesCounted = 1 } = size;
  const cycles = withTimers.includes(variant) ? cyclesWithTimers : (size['cycles'] ?? 1);
  const live = await loopOf(variant);
  if (pass === 'cold') {
    const { cyclesCold = 1 } = size;
    return { coldUs: await cpuOf(() => live(cyclesCold), cyclesCold) };
  }
  await live(cycles);
  collectGarbage();
  if (pass === 'bytes') {
    const before = process.memoryUsage().heapUsed;
    await live(cyclesCounted);
    return { bytes: (process.memoryUsage().heapUsed - before) / cyclesCounted };
  }
  const startMs = performance.now();
  const cpuUs = await cpuOf(() => live(cycles), cycles);
  return { cpuUs, wallUs: ((performance.now() - startMs) * 1000) / cycles };
};

async function cpuOf(work: () => Promise<unknown>, times: number): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / times;
}

async function loopOf(variant: string): Promise<(cycles: number) => Promise<unknown>> {
  const { loops } = await import('./loops.js');
  const loop = loops[variant];
  if (loop) return loop;
  const { retries } = await import('./retries.js');
  const retry = await retries[variant]?.();
  if (!retry) throw new Error(`no variant ${variant}`);
  return async (cycles) => {
    const { connect, run } = script(cycles);
    do await retry(connect);
    while ((await run()).type === 'Continue');
  };
}
