import { defineConfig } from 'vitest/config';
import { compiled, schmoozer } from './vitest.alias.js';

/** Against a hang, not against a busy machine. */
const deadlines = {
  testTimeout: 30_000,
  hookTimeout: 30_000,
  expect: { poll: { timeout: 20_000 } },
};

// `xstate` is installed at the floor of the peer range; vitest.newest.config.ts has the newest.
export default defineConfig({
  test: {
    // Every core: Vitest leaves one to itself, which on a machine with two is half of it.
    maxWorkers: '100%',
    coverage: {
      include: ['src/**', 'packages/cli/src/**'],
      // `src/**` means theirs, too; much of them runs in a browser, where nothing is counted.
      exclude: ['packages/!(cli)/**'],
      thresholds: { lines: 100, branches: 100 },
    },
    projects: [
      {
        resolve: { alias: schmoozer },
        test: {
          name: 'floor',
          ...deadlines,
          include: ['test/**/*.test.ts'],
          // Runs of their own: `npm run test:browser`, `npm run test:services`, ….
          exclude: [
            'test/browser/**',
            'test/services/**',
            'test/hostile/**',
            'test/tarballs/**',
            'test/process/**',
            'test/recipes/**',
            'test/runtimes/**',
            'test/proof/model/exploration.test.ts',
          ],
        },
      },
      {
        // The same behaviour of the other engine.
        resolve: { alias: compiled },
        test: {
          name: 'compiled',
          ...deadlines,
          env: { SCHMOOZER_ENGINE: 'compiled' },
          include: ['test/unit/{machine,browser}/**/*.test.ts', 'test/proof/model/**/*.test.ts'],
          exclude: ['test/proof/model/exploration.test.ts'],
        },
      },
      {
        resolve: { alias: schmoozer },
        test: {
          name: 'packages',
          ...deadlines,
          include: ['packages/*/test/**/*.test.ts', 'bench/test/**/*.test.ts'],
          exclude: [
            'packages/*/test/browser/**',
            'packages/*/test/hostile/**',
            'packages/*/test/services/**',
            '{packages/*,bench}/test/process/**',
            '**/node_modules/**',
          ],
        },
      },
    ],
  },
});
