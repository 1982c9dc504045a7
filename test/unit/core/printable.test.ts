import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { printable } from '../../../src/core/printable.js';

describe('printable', () => {
  it.each([
    ['plain text, with ümlauts, 日本語 and 🙂', 'plain text, with ümlauts, 日本語 and 🙂'],
    ['\u001B[2J', '\\u{1B}[2J'],
    ['a\nb\tc\r', 'a\\u{0A}b\\u{09}c\\u{0D}'],
    ['\u0000\u007F\u0080\u009B\u009F', '\\u{00}\\u{7F}\\u{80}\\u{9B}\\u{9F}'],
    ['\u202Egnp.exe\u2066', '\\u{202E}gnp.exe\\u{2066}'],
    ['\u2028\u2029\u200B\uFEFF\u061C', '\\u{2028}\\u{2029}\\u{200B}\\u{FEFF}\\u{61C}'],
    ['\uD800 and \uDC00', '\\u{D800} and \\u{DC00}'],
  ])('writes %j as %j', (text, shown) => {
    expect(printable(text)).toBe(shown);
  });

  it('shows 1000 characters whole and cuts the rest', () => {
    expect(printable('a'.repeat(1000))).toBe('a'.repeat(1000));
    expect(printable('a'.repeat(1001))).toBe(`${'a'.repeat(1000)} …`);
  });

  it('leaves no control, format or separator character and no lone surrogate in any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(printable(text)).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
      }),
    );
  });
});
