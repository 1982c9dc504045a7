/** A setup file: makes the mistake of `SCHMOOZER_MUTANT` before the tests import the source. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { vi } from 'vitest';
import { mutants } from './mutants.js';

const index = process.env['SCHMOOZER_MUTANT'];
const mutant = mutants[Number(index)];
if (mutant === undefined) throw new Error(`there is no mutant ${index}`);

const path = fileURLToPath(new URL(`../../../src/${mutant.file}`, import.meta.url));
vi.doMock(path, async (importOriginal) => {
  const module = { ...(await importOriginal<object>()) };
  mutant.edit(module);
  return module;
});

// The compiled engine runs what was written from the chart: it is written anew, from the one with the mistake.
if (process.env['SCHMOOZER_ENGINE'] === 'compiled' && mutant.file === 'machine/chart.ts') {
  const src = fileURLToPath(new URL('../../../src/', import.meta.url));
  vi.doMock(join(src, 'compiled/steps.generated.ts'), async () => {
    const { chart } = await import('../../../src/machine/chart.js');
    const { flatten } = await import('../../../scripts/chart/flatten.js');
    const { source } = await import('../../../scripts/chart/source.js');
    const text = source(flatten(chart))
      .replaceAll("'../machine/", `'${src}machine/`)
      .replaceAll("'./", `'${src}compiled/`);
    const folder = mkdtempSync(join(src, '../.tmp/steps-'));
    const file = join(folder, 'steps.ts');
    writeFileSync(file, text);
    try {
      return (await import(/* @vite-ignore */ file)) as object;
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
}
