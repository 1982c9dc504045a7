import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { read, rowsOf } from '../../../test/support/documents.js';
import { limits as v4Limits } from '../../inspect-v4/src/limits.js';
import { defaultLimits } from '../src/server/limits.js';

const file = 'docs/security.md';
const plain = (text = '') => Number(text.replaceAll(' ', ''));

describe('docs/security.md', () => {
  const rows = rowsOf(file, 'bound');

  it('has every bound of the inspector, and of inspect-v4, with its default', () => {
    expect(rows.map(([name = '', value]) => [name, plain(value)])).toEqual(
      Object.entries(defaultLimits),
    );
    expect(rowsOf(file, 'limit').map(([name = '', value]) => [name, plain(value)])).toEqual(
      Object.entries(v4Limits),
    );
  });

  it('names tests that there are', () => {
    const inTable = rows.map(([, , , , test = '']) => test).filter((test) => test.endsWith('.ts'));
    expect(inTable.length).toBeGreaterThan(20);
    const inText = [...read(file).matchAll(/`(packages\/[\w./-]+)`/g)].map(
      ([, path]) => path ?? '',
    );
    for (const path of [...inTable.map((test) => `packages/inspector/test/${test}`), ...inText]) {
      expect(existsSync(new URL(`../../../${path}`, import.meta.url)), path).toBe(true);
    }
  });
});
