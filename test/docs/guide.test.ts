import { execFile } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import { documents, fencesOf, proseOf, read, root } from '../support/documents.js';

/** `- [title](path): what it is`, as scripts read the index. */
const entry = /^- \[([^\]]+)\]\(([^)]+)\): \S.+\.$/;
const index = read('docs/README.md');
const part = (title: string) => index.split(`\n## ${title}\n`)[1]?.split('\n## ')[0] ?? '';
const bulletsOf = (title: string) =>
  part(title)
    .split('\n')
    .filter((line) => line.startsWith('- '))
    .map((line) => entry.exec(line) ?? expect.fail(`not a title, a link and a sentence: ${line}`));
const pages = bulletsOf('Guide').map(([, , path]) => path as string);
const folder = join(root, '.tmp', `guide-${process.pid}`);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('docs/README.md', () => {
  it('has three parts, then the glossary', () => {
    const headings = [...index.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading);
    expect(headings).toEqual(['Guide', 'Reference', 'Why', 'Glossary']);
  });

  it('has every document once', () => {
    const listed = ['Guide', 'Reference', 'Why'].flatMap((title) =>
      bulletsOf(title).map(([, , path]) => `docs/${path}`),
    );
    // Folders of many pages have an index of their own.
    const wanted = documents.filter(
      (file) =>
        /^docs\/([\w-]+|guide\/[\w-]+|[\w-]+\/README)\.md$/.test(file) && file !== 'docs/README.md',
    );
    expect(listed.filter((path) => documents.includes(path)).toSorted()).toEqual(wanted.toSorted());
    expect(wanted.length).toBeGreaterThan(30);
  });

  it('has each title of a page as the page has it', () => {
    const ofPages = pages.map((path) => /^# (.+)$/m.exec(read(`docs/${path}`))?.[1]);
    expect(bulletsOf('Guide').map(([, title]) => title)).toEqual(ofPages);
  });
});

describe('the guide', () => {
  it('has seven pages, all of its folder', () => {
    expect(pages).toHaveLength(7);
    const files = readdirSync(join(root, 'docs/guide')).map((name) => `guide/${name}`);
    expect(files.toSorted()).toEqual(pages.toSorted());
  });

  it.each(pages)('%s ends in a program that is run, with what it prints', (path) => {
    const file = `docs/${path}`;
    const runnable = fencesOf(file).filter(({ info }) => info === 'ts run');
    expect(runnable).toHaveLength(1);
    const last = read(file).split('\n## ').at(-1) as string;
    expect(last).toMatch(/^Run it\n/);
    expect(last).toContain(runnable[0]?.code);
    expect(last).toContain('// => ');
  });

  it.each(pages)('%s is read in five minutes', (path) => {
    const words = proseOf(`docs/${path}`).split(/\s+/).length;
    // 200 words a minute, and a minute for the program.
    expect(words).toBeLessThan(4 * 200);
  });

  it.each(pages.slice(0, -1).map((path, i) => [path, pages[i + 1] as string]))(
    '%s leads to the next page, %s',
    (path, next) => {
      const [, target] = /\nNext: \[[^\]]+\]\(([^)]+)\)[^\n]*\n$/.exec(read(`docs/${path}`)) ?? [];
      expect(`guide/${target}`).toBe(next);
    },
  );

  it('begins with a program that Node runs as it stands', async () => {
    const file = `docs/${pages[0]}`;
    const { code } = fencesOf(file).find(({ info }) => info === 'ts run') ?? expect.fail(file);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'first.mjs'), code);
    const { stdout } = await promisify(execFile)(process.execPath, [join(folder, 'first.mjs')], {
      cwd: root,
      timeout: 30_000,
    });
    expect(stdout).toContain("{ status: 'completed', value: 'done' }");
    expect(read(file)).toContain('\nnode first.mjs\n');
  }, 40_000);
});
