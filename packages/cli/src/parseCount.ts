import { InvalidArgumentError } from 'commander';

/** @throws InvalidArgumentError when it is no whole number from `min` to `max` */
export function parseCount(text: string, min: number, max: number): number {
  const count = /^\d+$/.test(text) ? Number(text) : NaN;
  if (count >= min && count <= max) return count;
  throw new InvalidArgumentError(`Expected a whole number from ${min} to ${max}.`);
}
