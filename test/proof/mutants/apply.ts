/** A setup file: makes the mistake of `SCHMOOZER_MUTANT` before the tests import the source. */
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
