// Why: docs/decisions/0046-the-first-delay.md
import { checkAtLeast, checkPositive, resolveOptions } from '../core/check.js';
import { Continue } from '../core/connector.js';
import { InvalidOptionError } from '../core/errors.js';
import type { Backoff } from './backoff.js';

/**
 * How random numbers spread the delays of many clients: `exponentialBackoff()` has the formula of each. `'none'` uses
 * no random number.
 */
export type Jitter = 'full' | 'equal' | 'decorrelated' | 'none';

/** How the delays of `exponentialBackoff` grow and how chance spreads them. */
export interface ExponentialBackoffOptions {
  /** Ceiling of the first delay in milliseconds. Default: 2000. Bounds: > 0, finite. */
  readonly baseMs?: number;
  /** Factor by which each further attempt multiplies the ceiling. Default: 2. Bounds: >= 1, finite. */
  readonly factor?: number;
  /**
   * Cap of every delay in milliseconds, jitter included. Default: 30 000, or `baseMs` if that is more. Bounds: >=
   * baseMs, finite.
   */
  readonly maxMs?: number;
  /** How random numbers spread each delay between its floor and its ceiling. Default: `'full'`. */
  readonly jitter?: Jitter;
  /** Floor of every delay in milliseconds. Default: 100, or `baseMs` if that is less. Bounds: 0 to baseMs. */
  readonly minMs?: number;
}

const defaults: { baseMs: number; factor: number; jitter: Jitter } = {
  baseMs: 2000,
  factor: 2,
  jitter: 'full',
};

type Formula = (ceilingMs: number, chance: number, previousMs: number) => number;

/**
 * Returns a backoff whose delays grow by `factor` up to `maxMs`; random numbers spread them (`jitter`).
 *
 * The ceiling is c = min(maxMs, baseMs * factor^(attempt-1)), and u is a random number >= 0 and < 1. The delay is
 * minMs + u * (c - minMs) for `'full'`, c/2 + u * c/2 for `'equal'`, c for `'none'`, and baseMs + u * (3 * previous -
 * baseMs) for `'decorrelated'`, where `previous` is the delay before, or baseMs if that is more. A delay is never less
 * than `minMs` or more than `maxMs`.
 *
 * Source of the jitter formulas: M. Brooker, "Exponential Backoff and Jitter", AWS Architecture Blog, 2015; the floor
 * `minMs` is an addition, so that several random zeros in a row cannot remove the delay.
 *
 * @throws InvalidOptionError when an option is unknown or out of bounds
 */
export function exponentialBackoff(options: ExponentialBackoffOptions = {}): Backoff {
  const settings = resolveOptions(options, defaults, ['maxMs', 'minMs']);
  const { baseMs, factor, jitter } = settings;
  checkPositive('baseMs', baseMs);
  checkAtLeast('factor', factor, 1);
  const maxMs = checkAtLeast('maxMs', settings.maxMs ?? Math.max(30_000, baseMs), baseMs);
  const minMs = checkAtLeast('minMs', settings.minMs ?? Math.min(100, baseMs), 0);
  for (const [name, value] of Object.entries({ baseMs, factor, maxMs, minMs })) {
    if (value === Infinity) throw new InvalidOptionError(name, 'a finite number', value);
  }
  if (minMs > baseMs) throw new InvalidOptionError('minMs', `at most baseMs (${baseMs})`, minMs);

  const formulas: Record<Jitter, Formula> = {
    full: (ceiling, chance) => minMs + chance * (ceiling - minMs),
    equal: (ceiling, chance) => ceiling / 2 + chance * (ceiling / 2),
    decorrelated: (_ceiling, chance, previous) =>
      baseMs + chance * (3 * Math.max(previous, baseMs) - baseMs),
    none: (ceiling) => ceiling,
  };
  if (!Object.hasOwn(formulas, jitter)) {
    throw new InvalidOptionError('jitter', "'full', 'equal', 'decorrelated' or 'none'", jitter);
  }
  const formula = formulas[jitter];

  return ({ attempt, previousDelayMs }, random) => {
    const ceiling = Math.min(maxMs, baseMs * factor ** (attempt - 1));
    const chance = jitter === 'none' ? 0 : random();
    const delayMs = formula(ceiling, chance, Math.min(previousDelayMs, maxMs));
    return Continue(Math.max(minMs, Math.min(maxMs, delayMs)));
  };
}
