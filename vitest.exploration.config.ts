import { defineConfig } from 'vitest/config';
import { compiled, schmoozer } from './vitest.alias.js';

/** Proofs that take long, most on both engines: `npm run test:exploration`. */
const lives = 'test/proof/model/exploration.test.ts';

export default defineConfig({
  test: {
    // Every core: Vitest leaves one to itself, which on a machine with two is half of it.
    maxWorkers: '100%',
    projects: [
      {
        resolve: { alias: schmoozer },
        test: { name: 'floor', include: [lives, 'test/lab/storms.test.ts'] },
      },
      {
        resolve: { alias: compiled },
        test: {
          name: 'compiled',
          env: { SCHMOOZER_ENGINE: 'compiled' },
          // Those of XState's engine are part of `npm test`.
          include: [lives, 'test/proof/model/edgePairs.test.ts'],
        },
      },
    ],
  },
});
