import { checkFunction, checkRange, MAX_TIMER_MS } from '../core/check.js';
import type { Clock } from '../core/clock.js';

/** Limits after which a session ends although neither side has ended it: options of every connector. */
export interface Lifetime {
  readonly silenceMs?: number;
  readonly maxAgeMs?: number;
  readonly maxAgeSpreadMs?: number;
  readonly random: () => number;
  readonly clock: Clock;
}

/** @throws InvalidOptionError that names the option, the expected and the received value */
export function checkLifetime(options: Lifetime): void {
  const { silenceMs, maxAgeMs, maxAgeSpreadMs, random } = options;
  if (silenceMs !== undefined) checkRange('silenceMs', silenceMs, 1, MAX_TIMER_MS);
  if (maxAgeMs !== undefined) checkRange('maxAgeMs', maxAgeMs, 1, MAX_TIMER_MS);
  if (maxAgeSpreadMs !== undefined) checkRange('maxAgeSpreadMs', maxAgeSpreadMs, 0, maxAgeMs ?? 0);
  checkFunction('random', random);
  const clock = options.clock as Partial<Clock> | null;
  checkFunction('clock.setTimeout', clock?.setTimeout);
  checkFunction('clock.clearTimeout', clock?.clearTimeout);
}
