import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { compiled, schmoozer } from '../../../vitest.alias.js';

const isMutated = (process.env['SCHMOOZER_MUTANT'] ?? '') !== '';

/** The layers against one mutant: `npm run test:mutants` starts it for each. */
export default defineConfig({
  resolve: { alias: process.env['SCHMOOZER_ENGINE'] === 'compiled' ? compiled : schmoozer },
  test: {
    root: fileURLToPath(new URL('../../..', import.meta.url)),
    include: ['test/proof/model/**/*.test.ts', 'test/proof/mutants/**/*.test.ts'],
    setupFiles: isMutated ? ['test/proof/mutants/apply.ts'] : [],
    // Two run at a time: their files take turns.
    maxWorkers: 2,
    testTimeout: 600_000,
  },
});
