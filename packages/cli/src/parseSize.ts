import { InvalidArgumentError } from 'commander';

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
