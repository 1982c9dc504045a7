import type { Measure } from '../bench.js';
import { actorStorm } from '../storm/actorStorm.js';
import { limitedStorm } from '../storm/limitedStorm.js';
import { idealMs, LARGE_SERVER } from '../storm/stormServer.js';

export const measure: Measure = async ({ variant, round, size }) => {
  const { clients = 1 } = size;
  const [, kind, boot, processes = 1] = /^(actors|formula)(Boot)?(\d+)$/.exec(variant) ?? [];
  if (kind === undefined) throw new Error(`no variant ${variant}`);
  const isBoot = boot !== undefined;
  const storm = kind === 'actors' ? actorStorm : limitedStorm;
  const weather = await storm({
    clients,
    seed: round + 1,
    processes: Number(processes),
    isBoot,
    capacity: LARGE_SERVER,
  });
  const { allBackMs, peakPerSecond, wasted } = weather;
  const timesIdeal = allBackMs / idealMs(clients, isBoot ? 0 : undefined, LARGE_SERVER);
  return { allBackMs, timesIdeal, peakPerSecond, wastedPercent: (100 * wasted) / clients };
};
