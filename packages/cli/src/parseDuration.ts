import { InvalidArgumentError } from 'commander';
import { MAX_TIMER_MS } from '../core/check.js';

const unitMs = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/**
 * A time in milliseconds: `250`, `250ms`, `1.5s`, `2m`, `1h`.
 *
 * @throws InvalidArgumentError when it is no time, or not from `minMs` to 2 147 483 647 ms
 */
export function parseDuration(text: string, minMs: number): number {
  const [, amount, unit = 'ms'] = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(text) ?? [];
  const ms = Math.round(Number(amount) * unitMs[unit as keyof typeof unitMs]);
  if (amount !== undefined && ms >= minMs && ms <= MAX_TIMER_MS) return ms;
  throw new InvalidArgumentError(
    `Expected a time from ${minMs} to ${MAX_TIMER_MS} ms, such as 500, 500ms, 5s or 2m.`,
  );
}
