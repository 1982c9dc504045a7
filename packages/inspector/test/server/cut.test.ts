import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytesOf, cutText, Cutter, extentOf } from '../../src/server/cut.js';

const room = { depth: 3, values: 100, characters: 1000, textCharacters: 20 };
const copyOf = (value: unknown, less: Partial<typeof room> = {}) => {
  const cutter = new Cutter({ ...room, ...less });
  return { copy: cutter.copy(value), isCut: cutter.isCut };
};

describe('Cutter', () => {
  it('copies whatever JSON holds when there is room, keys of every object included', () => {
    fc.assert(
      fc.property(fc.json(), (json) => {
        const value: unknown = JSON.parse(json);
        const { copy, isCut } = copyOf(value, {
          depth: 1000,
          values: 1e6,
          characters: 1e6,
          textCharacters: 1e6,
        });
        expect(JSON.stringify(copy)).toBe(JSON.stringify(value));
        expect(isCut).toBe(false);
      }),
    );
    const named = JSON.parse('{"__proto__":{"polluted":1},"constructor":2}') as object;
    expect(Object.keys(copyOf(named).copy as object)).toEqual(['__proto__', 'constructor']);
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });

  it('keeps the levels that there is room for, and no more', () => {
    expect(copyOf([[[1]]])).toEqual({ copy: [[[1]]], isCut: false });
    expect(copyOf([[[[]]]])).toEqual({
      copy: [[['[left out: deeper than 3 levels]']]],
      isCut: true,
    });
  });

  it('keeps of a text its beginning, and says how much there was', () => {
    expect(copyOf('x'.repeat(20))).toEqual({ copy: 'x'.repeat(20), isCut: false });
    expect(copyOf('x'.repeat(21))).toEqual({
      copy: `${'x'.repeat(20)} [left out: 1 characters more]`,
      isCut: true,
    });
  });

  it('keeps of a list and of an object as many as there is room for', () => {
    expect(copyOf([1, 2, 3, 4], { values: 3 }).copy).toEqual([1, 2, '[left out: 2 more]']);
    expect(copyOf({ a: 1, b: 2, c: 3 }, { values: 2 }).copy).toEqual({
      a: 1,
      '...': '[left out: 2 more]',
    });
    const texts = Array.from({ length: 100 }, () => 'x'.repeat(20));
    expect(JSON.stringify(copyOf(texts, { values: 1e6 }).copy).length).toBeLessThan(1200);
  });
});

it('a text that is cut is a copy, and halves of a pair stay what they are', () => {
  expect(cutText('abc', 3)).toBe('abc');
  expect(cutText('abcd', 3)).toBe('abc');
  expect(cutText('a😀', 2)).toBe('a\ud83d');
  expect([bytesOf('é'), bytesOf('é一'), bytesOf('')]).toEqual([1, 4, 0]);
});

describe('extentOf', () => {
  it('counts levels, and at least as many values as there are', () => {
    const count = (value: unknown): number =>
      typeof value === 'object' && value !== null
        ? Object.values(value).reduce<number>((sum, inner) => sum + count(inner), 1)
        : 1;
    const depthOf = (value: unknown): number =>
      typeof value === 'object' && value !== null
        ? 1 + Math.max(0, ...Object.values(value).map(depthOf))
        : 0;
    fc.assert(
      fc.property(fc.json({ maxDepth: 8 }), (json) => {
        const values = count(JSON.parse(json));
        const extent = extentOf(json, Infinity);
        expect(extent?.values).toBeGreaterThanOrEqual(values);
        expect(extent?.values).toBeLessThanOrEqual(2 * values);
        expect(extent?.depth).toBe(depthOf(JSON.parse(json)));
        if (values > 1) expect(extentOf(json, (extent?.values ?? 0) - 1)).toBeUndefined();
      }),
    );
  });

  it('is not deceived by what stands in texts', () => {
    const one = { values: 1, depth: 0 };
    expect(extentOf(JSON.stringify(`,[{"\\"${','.repeat(100)}`), 9)).toEqual(one);
    expect(extentOf('"\\\\",1,2', 9)).toEqual({ values: 3, depth: 0 });
    expect(extentOf('"never ends,,,,,', 9)).toEqual(one);
  });
});
