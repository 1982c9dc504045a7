import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { InvalidArgumentError } from 'commander';
import type { Overflow } from './lineQueue.js';

/** @throws InvalidArgumentError when it is no whole number from `min` to `max` */
export function parseCount(text: string, min: number, max: number): number {
  const count = /^\d+$/.test(text) ? Number(text) : NaN;
  if (count >= min && count <= max) return count;
  throw new InvalidArgumentError(`Expected a whole number from ${min} to ${max}.`);
}

/** The longest time a timer of Node's can wait. */
const MAX_TIMER_MS = 2_147_483_647;

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

const unitBytes = { B: 1, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3 };
const MAX_BYTES = unitBytes.GiB;

/**
 * A size in bytes: `65536`, `64KiB`, `16MiB`, `1GiB`.
 *
 * @throws InvalidArgumentError when it is no size, or not from 1 byte to 1 GiB
 */
export function parseSize(text: string): number {
  const [, amount, unit = 'B'] = /^(\d+)(B|KiB|MiB|GiB)?$/.exec(text) ?? [];
  const bytes = Number(amount) * unitBytes[unit as keyof typeof unitBytes];
  if (bytes >= 1 && bytes <= MAX_BYTES) return bytes;
  throw new InvalidArgumentError(
    `Expected a size from 1 to ${MAX_BYTES} bytes, such as 65536, 64KiB or 16MiB.`,
  );
}

const policies: readonly string[] = ['wait', 'drop-oldest', 'drop-newest'] satisfies Overflow[];

/** @throws InvalidArgumentError */
export function parseOverflow(text: string): Overflow {
  if (policies.includes(text)) return text as Overflow;
  throw new InvalidArgumentError('Expected wait, drop-oldest or drop-newest.');
}

/**
 * The text of a PEM file.
 *
 * @throws InvalidArgumentError when it cannot be read, or does not begin with a certificate
 */
export function parseCertificates(file: string): string {
  try {
    const pem = readFileSync(file, 'utf8');
    void new X509Certificate(pem);
    return pem;
  } catch (error) {
    throw new InvalidArgumentError(
      // Without the path, which Node repeats after the comma.
      `Expected a PEM file that begins with a certificate: ${(error as Error).message.split(',')[0]}.`,
    );
  }
}
