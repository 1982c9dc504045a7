import { InvalidArgumentError } from 'commander';
import {
  type Backoff,
  constantBackoff,
  exponentialBackoff,
  sequenceBackoff,
} from 'schmoozer/compiled';
import { parseDuration } from './parseValues.js';

/**
 * Parses `exponential`, `exponential:base,max`, `constant:time` or `sequence:time,time,…`.
 *
 * A delay that is repeated indefinitely is at least 1 ms; only the earlier ones of a sequence may be 0.
 *
 * @throws InvalidArgumentError
 */
export function parseBackoff(text: string): Backoff {
  const [, name, list] = /^([a-z]+)(?::(.+))?$/.exec(text) ?? [];
  const times = list?.split(',') ?? [];
  const delaysMs = times.map((time, i) => parseDuration(time, i < times.length - 1 ? 0 : 1));
  const [firstMs, secondMs] = delaysMs;
  if (name === 'exponential' && delaysMs.length <= 2) return exponential(firstMs, secondMs);
  if (name === 'constant' && delaysMs.length === 1) return constantBackoff(firstMs as number);
  if (name === 'sequence' && delaysMs.length > 0) return sequenceBackoff(delaysMs);
  throw new InvalidArgumentError(
    'Expected exponential, exponential:2s,30s (base and cap), constant:1s or sequence:0,1s,5s.',
  );
}

function exponential(baseMs: number | undefined, maxMs: number | undefined): Backoff {
  try {
    return exponentialBackoff({
      ...(baseMs !== undefined && { baseMs }),
      ...(maxMs !== undefined && { maxMs }),
    });
  } catch {
    throw new InvalidArgumentError('Expected a base above 0 and a cap that is not below it.');
  }
}
