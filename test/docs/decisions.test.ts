// Why: docs/decisions/0104-records-beside-their-code.md
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';
import { decisionFolders, read, root, rowsOf } from '../support/documents.js';

const records = decisionFolders
  .flatMap((folder) => readdirSync(join(root, folder)).map((file) => `${folder}/${file}`))
  .filter((path) => /\/\d{4}-[\w-]+\.md$/.test(path))
  .toSorted((a, b) => numberOf(a) - numberOf(b));
const rows = rowsOf('docs/decisions/README.md', '#').map(([link, what, because, where, status]) => {
  const [, number, target] = /^\[(\d+)\]\((\S+)\)$/.exec(link ?? '') ?? [];
  return {
    number: Number(number),
    path: normalize(join('docs/decisions', target ?? '')),
    texts: [what, because],
    files: [...(where ?? '').matchAll(/[\w-]+[\w/.-]*/g)].map(([file]) => file),
    status: status ?? '',
  };
});
const inForce = rows.filter(({ status }) => status === 'in force');

/** No comment can name its record there. */
const SILENT = ['package.json'];
/** The comment that leads from code to a record. */
const why = /^\/\/ Why: (\S+\/decisions\/\S+)$/gm;

function numberOf(path: string): number {
  return Number(/\/(\d{4})-/.exec(path)?.[1]);
}

describe('the index of the decisions', () => {
  it('has a row for every record, in order, wherever the record stands', () => {
    expect(rows.map(({ path }) => path)).toEqual(records);
    expect(rows.map(({ number }) => number)).toEqual(records.map(numberOf));
    expect(rows.length).toBeGreaterThan(80);
  });

  it('says of each record what, because of what, and whether it is in force', () => {
    for (const { texts, status } of rows) {
      expect(texts.filter((text) => text !== undefined && text !== '')).toHaveLength(2);
      const [, by] = /^(?:in force|replaced by (\d+))$/.exec(status) ?? expect.fail(status);
      if (by !== undefined) expect(inForce.map(({ number }) => `${number}`)).toContain(by);
    }
  });

  it.each(inForce.map(({ path, files }) => [path, files] as const))(
    '%s: the code that it explains leads to it',
    (path, files) => {
      expect(files).not.toEqual([]);
      for (const file of files.filter((name) => !SILENT.includes(name))) {
        expect(existsSync(join(root, file)), `${file} exists`).toBe(true);
        const named = Array.from(read(file).matchAll(why), ([, record]) => record);
        expect(named, file).toContain(path);
      }
    },
  );

  it('has each file that leads to a record in the row of that record', () => {
    const sources = ['src', 'packages', 'bench', 'lab', 'scripts', 'test', 'examples'].flatMap(
      (folder) =>
        readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
          .map((name) => `${folder}/${name.replaceAll('\\', '/')}`)
          .filter((file) => /\.m?tsx?$|\.mjs$/.test(file) && !/\/(node_modules|dist)\//.test(file)),
    );
    const leading = sources.flatMap((file) =>
      Array.from(readFileSync(join(root, file), 'utf8').matchAll(why), ([, record]) => ({
        file,
        record,
      })),
    );
    const astray = leading.filter(
      ({ file, record }) => !inForce.find(({ path }) => path === record)?.files.includes(file),
    );
    expect(astray).toEqual([]);
    expect(leading.length).toBeGreaterThan(80);
  });
});
