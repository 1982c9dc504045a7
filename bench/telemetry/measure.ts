import type { ReconnectEmitted } from 'schmoozer';
import { createReconnectActor } from 'schmoozer/compiled';
import type { Measure } from '../bench.js';
import { median } from '../statistics.js';
import { actorStorm } from '../storm/actorStorm.js';
import { hasHeard, setups } from './setups.js';
import { tcpStorm } from './tcpStorm.js';

const PASSES = 5;

/** How a link of the compiled engine tells of an event. */
interface Telling {
  readonly isHeard: boolean;
  emit(event: ReconnectEmitted): void;
}

const error = new Error('down');

/** One life: an attempt that fails, one that is opened, a session that is lost. */
const life: readonly (() => ReconnectEmitted)[] = [
  () => ({ type: 'attempt.started', attempt: 0, epoch: 1 }),
  () => ({
    type: 'attempt.failed',
    attempt: 0,
    epoch: 1,
    error,
    verdict: 'transient',
    connectMs: 1,
  }),
  () => ({ type: 'retry.scheduled', attempt: 1, delayMs: 1000, error, verdict: 'transient' }),
  () => ({ type: 'attempt.started', attempt: 1, epoch: 1 }),
  () => ({
    type: 'connection.opened',
    epoch: 1,
    attempt: 1,
    connectMs: 1,
    queuedMs: 0,
    downMs: 1001,
  }),
  () => ({ type: 'connection.stable', epoch: 1 }),
  () => ({ type: 'connection.closing', epoch: 1, cause: 'lost', upMs: 20_000, error }),
  () => ({
    type: 'connection.closed',
    epoch: 1,
    cause: 'lost',
    upMs: 20_000,
    isStable: true,
    error,
  }),
];

export const measure: Measure = async ({ variant, round, size }) => {
  const setUp = setups[variant];
  if (!setUp) throw new Error(`no variant ${variant}`);
  const flush = setUp() ?? (async () => {});
  const { events = 1, links = 1, storms = 1 } = size;
  const eventNs = timeEvents(events);
  const storm = (seed: number) => actorStorm({ clients: links, seed, processes: 1 });
  const stormMs = await cpuMsOf(storms, async (i) => {
    await storm(round * storms + i);
    await flush();
  });
  const tcpMs = await cpuMsOf(Math.ceil(storms / 4), async () => {
    await tcpStorm(links);
    await flush();
  });
  if (!['off', 'unheard'].includes(variant) && !hasHeard()) throw new Error('nothing was heard');
  return { eventNs, stormMs, tcpMs };
};

/** CPU of the process for each turn; one before them warms it up. */
async function cpuMsOf(turns: number, turn: (i: number) => Promise<void>): Promise<number> {
  await turn(0);
  const before = process.cpuUsage();
  for (let i = 0; i < turns; i++) await turn(i);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000 / turns;
}

function timeEvents(events: number): number {
  const never = new Promise<never>(() => {});
  const actor = createReconnectActor({ connect: () => never, run: () => never });
  const link = actor as unknown as Telling;
  const lives = Math.ceil(events / life.length);
  const passes = Array.from({ length: PASSES }, () => {
    const before = process.cpuUsage();
    for (let i = 0; i < lives; i++) {
      for (const make of life) if (link.isHeard) link.emit(make());
    }
    const { user, system } = process.cpuUsage(before);
    return ((user + system) * 1000) / (lives * life.length);
  });
  return median(passes);
}
