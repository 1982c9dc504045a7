// Why: examples/decisions/0094-recipes-not-adapters.md
// Writes into docs/recipes.md the files of examples/recipes that it shows; `npm run docs`.
import { readFileSync, writeFileSync } from 'node:fs';

const file = new URL('../docs/recipes.md', import.meta.url);

/** docs/recipes.md as it must be: after each line that names a file stands that file. */
export function recipes(): string {
  const shown = /^(<!-- (examples\/[\w./-]+) -->\n)```ts\n[\s\S]*?^```$/gm;
  return readFileSync(file, 'utf8').replaceAll(shown, (_all, head: string, path: string) => {
    const code = readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');
    return `${head}\`\`\`ts\n${code}\`\`\``;
  });
}

if (process.argv[1] === new URL(import.meta.url).pathname) writeFileSync(file, recipes());
