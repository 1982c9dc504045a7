import type { Measure } from '../bench.js';
import { actorStorm } from './actorStorm.js';
import { formulaStorm } from './formulaStorm.js';
import { schedules } from './schedules.js';

export const measure: Measure = async ({ variant, round, size }) => {
  const { clients = 1 } = size;
  const seed = round + 1;
  if (variant.startsWith('schmoozer')) {
    const [, boot, processes] = /^schmoozer(Boot)?(\d+)?$/.exec(variant) ?? [];
    const fleet = { clients, seed, isBoot: boot !== undefined };
    return { ...(await actorStorm(processes ? { ...fleet, processes: +processes } : fleet)) };
  }
  const schedule = schedules[variant];
  if (!schedule) throw new Error(`no variant ${variant}`);
  return formulaStorm(schedule, clients, seed);
};
