import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { recipes } from '../../scripts/recipes.js';
import { fencesOf, read, root, rowsOf } from '../support/documents.js';

const file = 'docs/recipes.md';
const names = readdirSync(join(root, 'examples/recipes'));

it('docs/recipes.md shows the examples as `npm run docs` writes them', () => {
  expect(read(file)).toBe(recipes());
});

it('shows every recipe once, and nothing that is not run', () => {
  const shown = [...read(file).matchAll(/^<!-- examples\/recipes\/(\S+) -->$/gm)];
  expect(shown.map(([, name]) => name as string).toSorted()).toEqual(names.toSorted());
  expect(fencesOf(file)).toHaveLength(names.length);
});

it('every recipe has a test', () => {
  const suites = ['test/recipes', 'test/browser'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.tsx?$/.test(name))
      .map((name) => read(`${folder}/${name}`)),
  );
  const recipesThemselves = names.map((name) => read(`examples/recipes/${name}`));
  const importing = (name: string) => (text: string) =>
    text.includes(`${name.replace(/\.tsx?$/, '')}.js'`) || text.includes(`recipes/${name}`);
  const untested = names.filter((name) => ![...suites, ...recipesThemselves].some(importing(name)));
  expect(untested).toEqual([]);
});

it('says how long the programs are', () => {
  const lengthOf = (path: string) => read(path).trimEnd().split('\n').length;
  const total = (...paths: string[]) => paths.reduce((sum, path) => sum + lengthOf(path), 0);
  const lengths = [
    total('examples/market-data.ts'),
    total('examples/chat/chat.ts', 'examples/chat/server.ts', 'examples/chat/message.ts'),
    total('examples/service/main.ts', 'examples/service/links.ts'),
    total('examples/devices/main.ts', 'examples/devices/devices.ts'),
  ];
  const rows = rowsOf(file, 'program');
  expect(rows.map(([, , , now]) => Number(now))).toEqual(lengths);
  expect(rows.map(([, , before]) => before)).toEqual(['140', '116', '250', '148']);
  expect(read('examples/chat/chat.ts')).toContain('116 lines');
});
