import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LineBuffer } from '../../../../src/connectors/tcp/lineBuffer.js';
import { countCopies, heldBytes } from '../../../support/memory.js';

/** All lines of bytes that come in these pieces, and the rest. */
function linesOf(pieces: Iterable<Buffer>, maxBytes = Infinity): [lines: string[], rest: string] {
  const buffer = new LineBuffer();
  const found: string[] = [];
  for (const piece of pieces) {
    buffer.put(piece);
    for (let line; (line = buffer.take(maxBytes)) !== undefined;) found.push(line);
  }
  return [found, String(buffer.takeRest())];
}

function* piecesOf(bytes: Buffer, size: number): Generator<Buffer> {
  for (let i = 0; i < bytes.length; i += size) yield bytes.subarray(i, i + size);
}

describe('LineBuffer', () => {
  it('yields the same lines, wherever the pieces are cut', () => {
    const text = fc
      .array(fc.constantFrom('a', 'ü', '€', '🙂', '\r', '\n', '\r\n', '\0'), { maxLength: 40 })
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(text, fc.integer({ min: 1, max: 9 }), (whole, size) => {
        const parts = whole.split('\n');
        const rest = parts.pop();
        const expected = parts.map((line) => line.replace(/\r$/, ''));
        expect(linesOf(piecesOf(Buffer.from(whole), size))).toEqual([expected, rest]);
      }),
    );
  });

  it('takes a line of maxBytes with its end; at one more it throws, and has lost nothing', () => {
    expect(linesOf([Buffer.from('1234567\r\n')], 9)).toEqual([['1234567'], '']);
    const buffer = new LineBuffer();
    buffer.put(Buffer.from('1234'));
    expect(buffer.take(9)).toBe(undefined);
    buffer.put(Buffer.from('56789\nnext\n'));
    const tooLong = expect.objectContaining({
      name: 'LineTooLongError',
      code: 'ERR_LINE_TOO_LONG',
      maxLineBytes: 9,
      message: 'a line was longer than `maxLineBytes` (9)',
    });
    expect(() => buffer.take(9)).toThrow(tooLong);
    expect(() => buffer.take(9)).toThrow(tooLong);
    expect(buffer.take(10)).toBe('123456789');
    expect(buffer.take(5)).toBe('next');
  });

  it('throws for a line whose end has not come yet', () => {
    expect(() => linesOf([Buffer.alloc(9), Buffer.alloc(1)], 9)).toThrow('longer than');
  });

  it.each([1, 1000, 65_536])('does work in proportion to a line in pieces of %i bytes', (size) => {
    const line = Buffer.alloc(2 ** 18, 'x');
    line[line.length - 1] = 0x0a;
    const work = countCopies();
    const [[text]] = linesOf(piecesOf(line, size));
    expect(text).toHaveLength(line.length - 1);
    // Copied once when it comes, once on average when the room doubles, into twice the room, all rooms together.
    expect(work()).toBeLessThanOrEqual(7 * line.length);
    expect(work()).toBeGreaterThanOrEqual(line.length);
  });

  it('holds no memory for each piece of a line', () => {
    const bytes = 2 ** 18;
    const before = heldBytes();
    const buffer = new LineBuffer();
    for (let i = 0; i < bytes; i++) {
      // Each has memory of its own, as those of a socket have.
      buffer.put(Buffer.from(new ArrayBuffer(1)));
      buffer.take(Infinity);
    }
    expect(heldBytes() - before).toBeLessThan(8 * bytes);
    expect(buffer.takeRest()).toHaveLength(bytes);
  });
});
