import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { read, root, rowsOf } from '../support/documents.js';

const file = 'docs/security.md';
/** The first number of a cell: what follows it is said in words. */
const plain = (cell = '') => Number(/^[\d\s\u00a0]+/.exec(cell)?.[0].replaceAll(/[\s\u00a0]/g, ''));

describe('docs/security.md', () => {
  it.each([
    ['maxMessageBytes', 'docs/websocket.md', 'option'],
    ['readAheadBytes', 'docs/websocket.md', 'option'],
    ['maxLineBytes', 'docs/tcp.md', 'option of `lines`'],
  ])('has the default of %s that is in %s', (name, other, heading) => {
    const row = rowsOf(file, 'bound of a link').find(([cell]) => cell?.includes(name));
    const option = rowsOf(other, heading).find(([cell]) => cell === name);
    expect(plain(row?.[1])).toBe(plain(option?.[1]));
    expect(plain(row?.[1])).toBeGreaterThan(0);
  });

  it('names tests that there are', () => {
    const tests = [...read(file).matchAll(/`((?:test|packages)\/[\w./-]+\.ts)`/g)].map(
      ([, path]) => path as string,
    );
    expect(tests.length).toBeGreaterThan(15);
    expect(tests.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });
});
