// Writes into CONTRIBUTING.md what scripts/floors.mjs says of the folders; `npm run docs`.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { entries, floors, rows } from './floors.mjs';

const BEGIN = '<!-- from scripts/floors.mjs: `npm run docs` -->\n';
const END = '<!-- end -->';
const file = new URL('../CONTRIBUTING.md', import.meta.url);

/** CONTRIBUTING.md as it must be. */
export function contributing(): string {
  const text = readFileSync(file, 'utf8');
  const [before, after] = [text.indexOf(BEGIN) + BEGIN.length, text.indexOf(END)];
  if (before < BEGIN.length || after < 0)
    throw new Error('CONTRIBUTING.md has no place for floors');
  return text.slice(0, before) + [picture(), table()].join('\n') + text.slice(after);
}

// A row may keep a place for a folder to come.
const exists = ({ folder }: { readonly folder: string }) =>
  existsSync(new URL(`../src/${folder}/`, import.meta.url));

function picture(): string {
  const built = floors.map((floor) => floor.filter(exists)).filter((floor) => floor.length > 0);
  const lines = built.map(
    (floor, i) => `      ${i}  ${floor.map(({ folder }) => folder).join('  ')}`,
  );
  const top = `entries  ${entries.map(({ entry }) => entry).join('  ')}`;
  return ['```text', top, ...lines.toReversed(), '```', ''].join('\n');
}

function table(): string {
  const lines = rows.filter(exists).map((row) => {
    const { folder, holds, imports, node = [], packages = [], xstate = [] } = row;
    const folders = imports.filter((other) => exists({ folder: other }));
    const others = [
      listOf([...folders, ...packages]),
      node.length > 0 && `Node's ${listOf(node)}`,
      xstate.length > 0 && `\`xstate\` in ${listOf(xstate)} only`,
    ];
    return `| \`src/${folder}/\` | ${holds} | ${others.filter(Boolean).join('; ') || 'nothing'} |`;
  });
  const head = ['| folder | what it holds | what it may import |', '| --- | --- | --- |'];
  return [...head, ...lines, ''].join('\n');
}

function listOf(names: readonly string[]): string {
  return names.map((name) => `\`${name}\``).join(', ');
}

if (process.argv[1] === new URL(import.meta.url).pathname) writeFileSync(file, contributing());
