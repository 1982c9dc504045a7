import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { read, root, rowsOf } from '../support/documents.js';

const records = readdirSync(`${root}docs/decisions`).filter((file) => /^\d{4}-/.test(file));

describe('docs/decisions', () => {
  it('has a row in its index for every record, in order, and no other', () => {
    const links = [...read('docs/decisions/README.md').matchAll(/^\| \[(\d+)\]\((\S+)\)/gm)];
    expect(links.map(([, , file]) => file)).toEqual(records.toSorted());
    for (const [, number, file] of links) expect(Number(file?.slice(0, 4))).toBe(Number(number));
  });

  it('says of each record why, what it touches, and whether it is in force', () => {
    const rows = rowsOf('docs/decisions/README.md', '#');
    expect(rows.length).toBe(records.length);
    for (const row of rows) {
      expect(row.filter((cell) => cell !== '').length).toBe(5);
      expect(row.at(-1)).toMatch(/^(in force|replaced by \d+)$/);
    }
  });
});
