import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LineSplitter } from '../src/lineSplitter.js';
import { countCopies, heldBytes } from '../../../test/support/memory.js';

function* piecesOf(bytes: Buffer, size: number): Generator<Buffer> {
  for (let i = 0; i < bytes.length; i += size) yield bytes.subarray(i, i + size);
}

describe('LineSplitter', () => {
  it('yields the same lines, each with its end, wherever the pieces are cut', () => {
    const text = fc.string({ unit: fc.constantFrom('a', '\r', '\n'), maxLength: 40 });
    fc.assert(
      fc.property(text, fc.integer({ min: 1, max: 9 }), (whole, size) => {
        const splitter = new LineSplitter(100, 'line');
        const found: string[] = [];
        for (const piece of piecesOf(Buffer.from(whole), size)) {
          for (const line of splitter.split(piece)) found.push(String(line));
        }
        const [, ends = '', rest] = /^([^]*\n)?([^]*)$/.exec(whole) ?? [];
        expect(found).toEqual(ends === '' ? [] : ends.split(/(?<=\n)/));
        expect(String(splitter.takeRest())).toBe(rest);
      }),
    );
  });

  it('throws when a line is too long, its end included or not there', () => {
    for (const text of ['123456789\n', '1234567890', '12345678901']) {
      const splitter = new LineSplitter(9, 'line of stdin');
      const split = () => Array.from(splitter.split(Buffer.from(text)));
      expect(split).toThrow(expect.objectContaining({ code: 'ERR_TOO_LONG' }));
      expect(split).toThrow('a line of stdin is longer than 9 bytes');
    }
  });

  it.each([1, 1000, 65_536])('does work in proportion to a line in pieces of %i bytes', (size) => {
    const line = Buffer.alloc(2 ** 18, 'x');
    line[line.length - 1] = 0x0a;
    const splitter = new LineSplitter(line.length, 'line');
    const copies = countCopies();
    let found: Buffer[] = [];
    for (const piece of piecesOf(line, size)) found = Array.from(splitter.split(piece));
    expect(found).toEqual([line]);
    expect(copies()).toBeLessThanOrEqual(7 * line.length);
    expect(copies()).toBeGreaterThanOrEqual(line.length);
  });

  it('holds no memory for each piece of a line', () => {
    const bytes = 2 ** 18;
    const before = heldBytes();
    const splitter = new LineSplitter(bytes, 'line');
    for (let i = 0; i < bytes; i++) {
      // Each has memory of its own, as those of a socket have.
      for (const _ of splitter.split(Buffer.from(new ArrayBuffer(1)))) expect.unreachable();
    }
    expect(heldBytes() - before).toBeLessThan(8 * bytes);
    expect(splitter.takeRest()).toHaveLength(bytes);
  });
});
