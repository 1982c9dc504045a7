// Writes docs/statechart.md and its pictures from the machine; `npm run docs`.
import { mkdirSync, writeFileSync } from 'node:fs';
import { page } from './statechart/page.js';
import { picture } from './statechart/picture.js';

/** What each file under docs/ must hold. */
export const files: Readonly<Record<string, string>> = {
  'statechart.md': page(),
  'statechart.svg': picture({ full: false }),
  'statechart-full.svg': picture({ full: true }),
};

if (process.argv[1] === new URL(import.meta.url).pathname) {
  const docs = new URL('../docs/', import.meta.url);
  mkdirSync(docs, { recursive: true });
  for (const [name, content] of Object.entries(files)) writeFileSync(new URL(name, docs), content);
}
