/** The proofs of the compiled engine against one of its mutants: `npm run test:mutants:engine` starts it for each. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { schmoozer } from '../../../vitest.alias.js';
import { engineMutants } from './engineMutants.js';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const mutant = engineMutants[Number(process.env['SCHMOOZER_ENGINE_MUTANT'])];
/** What a mutant of the writer has written. */
const steps = process.env['SCHMOOZER_STEPS'];

export default defineConfig({
  resolve: { alias: schmoozer },
  plugins: [
    {
      name: 'mutant',
      enforce: 'pre',
      transform: (code, id) =>
        mutant !== undefined && id === join(root, mutant.file)
          ? code.replace(mutant.find, () => mutant.replace)
          : undefined,
      load: (id) =>
        steps !== undefined && id.endsWith('/src/compiled/steps.generated.ts')
          ? readFileSync(steps, 'utf8')
          : undefined,
    },
  ],
  test: {
    root,
    include: [
      'test/proof/chart/table.test.ts',
      'test/proof/lockstep/**/*.test.ts',
      'test/unit/compiled/**/*.test.ts',
    ],
    bail: 1,
    testTimeout: 600_000,
  },
});
