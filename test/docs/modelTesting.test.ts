import { expect, it } from 'vitest';
import { mutants } from '../proof/mutants/mutants.js';
import { read, rowsOf } from '../support/documents.js';

const page = read('docs/model-testing.md');

/** How many scripts a test runs: usually, and in `npm run test:deep`. */
function runsOf(path: string): string {
  const [, deep, usual] = /=== '1' \? ([\d_]+) : ([\d_]+);/.exec(read(path)) ?? [];
  return `${usual} (${deep?.replaceAll('_', ' ')}) random`;
}

it.each([
  ['**The plain loop.**', 'test/proof/model/differential.test.ts'],
  ['**Lockstep.**', 'test/proof/lockstep/lockstep.test.ts'],
])('docs/model-testing.md says of %s how many scripts it runs', (layer, path) => {
  const [paragraph] = page.slice(page.indexOf(layer)).split(/\n(?! )/);
  expect(paragraph).toContain(runsOf(path));
});

it('docs/model-testing.md lists the mutants that there are', () => {
  const rows = rowsOf('docs/model-testing.md', 'mutant').map(([name, file]) => [name, file]);
  expect(rows.slice(0, -1)).toEqual(mutants.map(({ name, file }) => [name, file]));
  expect(rows.at(-1)?.[0]).toBe(`**${mutants.length} mutants, killed**`);
});
