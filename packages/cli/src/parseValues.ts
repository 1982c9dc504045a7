import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { validateHeaderName, validateHeaderValue } from 'node:http';
import { InvalidArgumentError } from 'commander';
import type { FailFast } from 'schmoozer/compiled';
import type { Overflow } from './lineQueue.js';

/** @throws InvalidArgumentError when it is not an integer from `min` to `max` */
export function parseCount(text: string, min: number, max: number): number {
  const count = /^\d+$/.test(text) ? Number(text) : NaN;
  if (count >= min && count <= max) return count;
  throw new InvalidArgumentError(`Expected an integer from ${min} to ${max}.`);
}

/** Parses a limit, or `never`, which is Infinity. */
export function parseLimit(text: string, max: number): number {
  return text === 'never' ? Infinity : parseCount(text, 1, max);
}

/** The longest delay that Node's timers accept. */
const MAX_TIMER_MS = 2_147_483_647;

const unitMs = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/**
 * Parses a time in milliseconds: `250`, `250ms`, `1.5s`, `2m`, `1h`.
 *
 * @throws InvalidArgumentError when it is not a time, or not from `minMs` to `maxMs`
 */
export function parseDuration(text: string, minMs: number, maxMs = MAX_TIMER_MS): number {
  const [, amount, unit = 'ms'] = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(text) ?? [];
  const ms = Math.round(Number(amount) * unitMs[unit as keyof typeof unitMs]);
  if (amount !== undefined && ms >= minMs && ms <= maxMs) return ms;
  throw new InvalidArgumentError(
    `Expected a time from ${minMs} to ${maxMs} ms, such as 500, 500ms, 5s or 2m.`,
  );
}

/** Parses a time, or `off`, which is false. */
export function parseDurationOrOff(text: string, minMs: number, maxMs?: number): number | false {
  return text === 'off' ? false : parseDuration(text, minMs, maxMs);
}

const unitBytes = { B: 1, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3 };
const MAX_BYTES = unitBytes.GiB;

/**
 * Parses a size in bytes: `65536`, `64KiB`, `16MiB`, `1GiB`.
 *
 * @throws InvalidArgumentError when it is not a size, or not from 1 byte to 1 GiB
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

const moments: readonly string[] = ['startup', 'always', 'never'] satisfies FailFast[];

/** @throws InvalidArgumentError */
export function parseFailFast(text: string): FailFast {
  if (moments.includes(text)) return text as FailFast;
  throw new InvalidArgumentError('Expected startup, always or never.');
}

/** Headers of the upgrade that only the command may set. */
const RESERVED = /^(connection|upgrade|sec-websocket-.*)$/i;

/**
 * Adds a header, `Name: value`, or with `@file` those of a file, one per line; each name only once.
 *
 * @throws InvalidArgumentError, without the value
 */
export function parseHeader(
  text: string,
  headers: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const lines = text.startsWith('@') ? parseTextLines(text.slice(1)) : [text];
  const added = lines.filter((line) => line.trim() !== '').map(parseHeaderLine);
  const all = [...Object.entries(headers), ...added];
  // Only the last one would be sent.
  if (new Set(all.map(([name]) => name.toLowerCase())).size < all.length) {
    throw new InvalidArgumentError('Expected each header once.');
  }
  return Object.fromEntries(all);
}

function parseHeaderLine(line: string): [name: string, value: string] {
  const [, name = '', value = ''] = /^([^:]*):\s*(.*)$/s.exec(line) ?? [];
  try {
    validateHeaderName(name);
    validateHeaderValue(name, value);
  } catch {
    throw new InvalidArgumentError("Expected a header, such as 'Authorization: Bearer …'.");
  }
  if (RESERVED.test(name)) {
    throw new InvalidArgumentError(
      `The upgrade itself sets ${name.toLowerCase()}: see --protocol.`,
    );
  }
  return [name, value];
}

/**
 * Reads the lines of a file, without their ends.
 *
 * @throws InvalidArgumentError when it cannot be read
 */
export function parseTextLines(file: string): string[] {
  const lines = parseFile(file, (text) => text).split(/\r?\n/);
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

/** @throws InvalidArgumentError when it is not the name of a subprotocol, or was already given */
export function parseProtocol(text: string, protocols: readonly string[] = []): string[] {
  if (/^[!#$%&'*+\-.^`|~\w]+$/.test(text) && !protocols.includes(text)) return [...protocols, text];
  throw new InvalidArgumentError('Expected the name of a subprotocol, without duplicates.');
}

/** @throws InvalidArgumentError when the file cannot be read, or has no private key without a passphrase */
export function parseKey(file: string): string {
  return parseFile(
    file,
    (pem) => {
      void createPrivateKey(pem);
      return pem;
    },
    'a PEM file with a private key that has no passphrase',
  );
}

/** Parses the content of a file; Node repeats its path after a comma. */
function parseFile<T>(file: string, read: (text: string) => T, expected = 'a file'): T {
  try {
    return read(readFileSync(file, 'utf8'));
  } catch (error) {
    const why = (error as Error).message.split(',')[0];
    throw new InvalidArgumentError(`Expected ${expected}: ${why}.`);
  }
}

/**
 * Reads a PEM file.
 *
 * @throws InvalidArgumentError when it cannot be read, or does not begin with a certificate
 */
export function parseCertificates(file: string): string {
  const expected = 'a PEM file that begins with a certificate';
  return parseFile(
    file,
    (pem) => {
      void new X509Certificate(pem);
      return pem;
    },
    expected,
  );
}
