import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { escapeControls, printable } from '../../../src/core/printable.js';

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

  it.each([
    ['to wss://user:hunter2@h.example/p?hunter2#hunter2 it went', 'to wss://h.example/p it went'],
    ["'wss://h/p?hunter2': no", "'wss://h/p': no"],
    ['see (https://h/?hunter2).', 'see (https://h/).'],
    ['Invalid URL: //[h?hunter2', 'Invalid URL: an address that is not a URL, of 12 characters'],
    ['ws//user:hunter2@h', 'wsan address that is not a URL, of 16 characters'],
    ['_wss://user:hunter2@h', '_wss:an address that is not a URL, of 16 characters'],
    ['{"url":"wss://h/?hunter2","token":"hunter2"}', '{"url":"wss://h/'],
    ['at run (file:///src/run.ts:10:5)', 'at run (file:///src/run.ts:10:5)'],
    ['1 // 2', '1 // 2'],
    ['wss://h and ws://[::1]:80', 'wss://h/ and ws://[::1]/'],
  ])('shows of the addresses in %s what is no secret', (text, shown) => {
    expect(printable(text)).toBe(shown);
  });

  it('shows nothing of an address that is cut in two', () => {
    const text = `${'a'.repeat(980)} wss://hunter2:${'x'.repeat(50)}@h/`;
    expect(printable(text)).toBe(`${'a'.repeat(980)} wss: …`);
    expect(printable(printable(text))).toBe(printable(text));
  });

  it('shows 1000 characters whole and cuts the rest', () => {
    expect(printable('a'.repeat(1000))).toBe('a'.repeat(1000));
    expect(printable('a'.repeat(1001))).toBe(`${'a'.repeat(1000)} …`);
  });

  it('escapeControls changes nothing else, and cuts nothing', () => {
    const text = `wss://user@h/?q ${'a'.repeat(5000)}`;
    expect(escapeControls(`${text}\n`)).toBe(`${text}\\u{0A}`);
  });

  it('leaves no control, format or separator character and no lone surrogate in any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(printable(text)).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
        expect(escapeControls(text)).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
      }),
    );
  });
});
