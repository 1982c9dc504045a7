import { checkFunction, checkRange, MAX_TIMER_MS } from '../core/check.js';
import type { Clock } from '../core/clock.js';
import { InvalidOptionError } from '../core/errors.js';

/** What ends a session though neither side has ended it: options of every connector. */
export interface Lifetime {
  readonly silenceMs?: number;
  readonly maxAgeMs?: number;
  readonly maxAgeSpreadMs?: number;
  readonly random: () => number;
  readonly clock: Clock;
}

/** @throws InvalidOptionError that names the option, what was expected and what came */
export function checkLifetime(options: Lifetime): void {
  const { maxAgeMs, maxAgeSpreadMs, random } = options;
  for (const name of ['silenceMs', 'maxAgeMs'] as const) {
    if (options[name] !== undefined) checkRange(name, options[name], 1, MAX_TIMER_MS);
  }
  if (maxAgeSpreadMs !== undefined) {
    if (maxAgeMs === undefined) {
      throw new InvalidOptionError('maxAgeSpreadMs', 'left out without `maxAgeMs`', maxAgeSpreadMs);
    }
    checkRange('maxAgeSpreadMs', maxAgeSpreadMs, 0, maxAgeMs);
  }
  checkFunction('random', random);
  const clock = options.clock as Partial<Clock> | null;
  checkFunction('clock.setTimeout', clock?.setTimeout);
  checkFunction('clock.clearTimeout', clock?.clearTimeout);
}
