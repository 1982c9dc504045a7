// Writes docs/reference from the doc comments of the sources; `npm run docs`.
import { mkdirSync, writeFileSync } from 'node:fs';
import { readPages } from './reference/model.js';
import { renderPages } from './reference/page.js';

/** What each file under docs/reference/ must hold. */
export function reference(): Record<string, string> {
  return renderPages(readPages());
}

if (process.argv[1] === new URL(import.meta.url).pathname) {
  const folder = new URL('../docs/reference/', import.meta.url);
  mkdirSync(folder, { recursive: true });
  for (const [name, content] of Object.entries(reference())) {
    writeFileSync(new URL(name, folder), content);
  }
}
