import { type Profiler, Session } from 'node:inspector/promises';
import type { Sample } from '../bench.js';

const INTERVAL_US = 200;

/** The time that some work took, in microseconds for each round of it, by whose function was running. */
export async function profiled(work: () => Promise<unknown>, times: number): Promise<Sample> {
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.setSamplingInterval', { interval: INTERVAL_US });
  await session.post('Profiler.start');
  await work();
  const { profile } = await session.post('Profiler.stop');
  session.disconnect();

  const ownerOf = new Map(profile.nodes.map(({ id, callFrame }) => [id, owner(callFrame)]));
  const sums = { xstateUs: 0, schmoozerUs: 0, loopUs: 0, garbageUs: 0, nodeUs: 0, idleUs: 0 };
  for (const [i, id] of (profile.samples ?? []).entries()) {
    sums[ownerOf.get(id) ?? 'nodeUs'] += profile.timeDeltas?.[i] ?? 0;
  }
  const { idleUs: _, ...owners } = sums;
  return Object.fromEntries(Object.entries(owners).map(([name, us]) => [name, us / times]));
}

type Owner = 'xstateUs' | 'schmoozerUs' | 'loopUs' | 'garbageUs' | 'nodeUs' | 'idleUs';

function owner({ functionName, url }: Profiler.Profile['nodes'][number]['callFrame']): Owner {
  if (functionName === '(idle)') return 'idleUs';
  if (functionName === '(garbage collector)') return 'garbageUs';
  if (url.includes('/node_modules/xstate')) return 'xstateUs';
  if (url.includes('/bench/dist/')) return 'loopUs';
  if (url.includes('/dist/')) return 'schmoozerUs';
  return 'nodeUs';
}
