import { defineConfig } from 'vitest/config';
import { compiled, schmoozer } from './vitest.alias.js';

/** Every life of a few steps, on both engines: `npm run test:exploration`. */
const include = ['test/proof/model/exploration.test.ts'];

export default defineConfig({
  test: {
    // Every core: Vitest leaves one to itself, which on a machine with two is half of it.
    maxWorkers: '100%',
    projects: [
      {
        resolve: { alias: schmoozer },
        test: { name: 'floor', include },
      },
      {
        resolve: { alias: compiled },
        test: {
          name: 'compiled',
          env: { SCHMOOZER_ENGINE: 'compiled' },
          include,
        },
      },
    ],
  },
});
