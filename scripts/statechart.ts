// Writes docs/statechart.md and its pictures from the machine; `npm run docs`.
import { mkdirSync, writeFileSync } from 'node:fs';
import { chart } from './statechart/chart.js';
import { fullPicture } from './statechart/fullPicture.js';
import { overviewPicture } from './statechart/overviewPicture.js';
import { page } from './statechart/page.js';
import { statesPicture } from './statechart/statesPicture.js';

/** What each file under docs/ must hold. */
export const files: Readonly<Record<string, string>> = {
  'statechart.md': page(chart),
  'states.svg': statesPicture(chart),
  'statechart.svg': overviewPicture(chart),
  'statechart-full.svg': await fullPicture(chart),
};

if (process.argv[1] === new URL(import.meta.url).pathname) {
  const docs = new URL('../docs/', import.meta.url);
  mkdirSync(docs, { recursive: true });
  for (const [name, content] of Object.entries(files)) writeFileSync(new URL(name, docs), content);
}
