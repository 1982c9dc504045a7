import type { Measure } from '../bench.js';
import { actorStorm } from './actorStorm.js';
import { formulaStorm } from './formulaStorm.js';
import { schedules } from './schedules.js';
import { drawn } from './weather.js';

export const measure: Measure = async ({ variant, round, size }) => {
  const { clients = 1 } = size;
  const seed = round + 1;
  if (variant.startsWith('schmoozer')) {
    const [, budget, boot, processes] = /^schmoozer(Budget)?(Boot)?(\d+)?$/.exec(variant) ?? [];
    const has = { isBoot: boot !== undefined, hasBudget: budget !== undefined };
    const fleet = { clients, seed, ...has };
    return drawn(await actorStorm(processes ? { ...fleet, processes: +processes } : fleet));
  }
  const schedule = schedules[variant];
  if (!schedule) throw new Error(`no variant ${variant}`);
  return drawn(formulaStorm(schedule, clients, seed));
};
