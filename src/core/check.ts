import { InvalidOptionError } from './errors.js';

/** The longest time a timer can wait: 2^31-1 ms, almost 25 days. */
export const MAX_TIMER_MS = 2 ** 31 - 1;

/** The timer for a wait of any length; a longer one would fire at once. */
export function clampTimer(ms: number): number {
  return Math.min(ms, MAX_TIMER_MS);
}

/** The value, when it is a number of at least `min`; `Infinity` passes. */
export function checkAtLeast(option: string, value: unknown, min: number): number {
  if (typeof value === 'number' && value >= min) return value;
  throw new InvalidOptionError(option, `a number >= ${min}`, value);
}

/** The value, when it is a number above 0; `Infinity` passes. */
export function checkPositive(option: string, value: unknown): number {
  if (typeof value === 'number' && value > 0) return value;
  throw new InvalidOptionError(option, 'a number > 0', value);
}

/** The value, when it is a whole number of at least `min`. */
export function checkInteger(option: string, value: unknown, min: number): number {
  if (Number.isInteger(value) && (value as number) >= min) return value as number;
  throw new InvalidOptionError(option, `an integer >= ${min}`, value);
}

/** The value, when it is a number from `min` to `max`. */
export function checkRange(option: string, value: unknown, min: number, max: number): number {
  if (typeof value === 'number' && value >= min && value <= max) return value;
  throw new InvalidOptionError(option, `a number from ${min} to ${max}`, value);
}

/** The value, when it is a function. */
export function checkFunction<T>(option: string, value: T): T {
  if (typeof value === 'function') return value;
  throw new InvalidOptionError(option, 'a function', value);
}

/** The value, when it is `true` or `false`. */
export function checkBoolean(option: string, value: unknown): boolean {
  if (typeof value === 'boolean') return value;
  throw new InvalidOptionError(option, 'true or false', value);
}
