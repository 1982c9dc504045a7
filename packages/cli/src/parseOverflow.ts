import { InvalidArgumentError } from 'commander';
import type { Overflow } from './lineQueue.js';

const policies: readonly string[] = ['wait', 'drop-oldest', 'drop-newest'] satisfies Overflow[];

/** @throws InvalidArgumentError */
export function parseOverflow(text: string): Overflow {
  if (policies.includes(text)) return text as Overflow;
  throw new InvalidArgumentError('Expected wait, drop-oldest or drop-newest.');
}
