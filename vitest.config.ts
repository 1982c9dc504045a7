import { defineConfig } from 'vitest/config';
import { compiled, schmoozer } from './vitest.alias.js';

/** Against a hang, not against a busy machine. */
const deadlines = {
  testTimeout: 30_000,
  hookTimeout: 30_000,
  expect: { poll: { timeout: 20_000 } },
};
/** Files share a process, which loads what they import once: which saves a third of a second of CPU for each. */
const together = { ...deadlines, isolate: false };

/** They replace modules, or count what a process has open: each file has a process of its own. */
const apart = [
  'test/examples/**/*.test.ts',
  'test/unit/{compat,connectors,inspect,many,telemetry,testing}/**/*.test.ts',
  'test/unit/outbox/file/lockFileRace.test.ts',
  'test/proof/chart/table.test.ts',
  'test/proof/{lockstep,mutants}/**/*.test.ts',
];

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
          ...together,
          include: ['test/**/*.test.ts'],
          // Runs of their own: `npm run test:browser`, `npm run test:services`, ….
          exclude: [
            ...apart,
            'test/browser/**',
            'test/services/**',
            'test/hostile/**',
            'test/tarballs/**',
            'test/process/**',
            'test/recipes/**',
            'test/runtimes/**',
            'test/proof/model/exploration.test.ts',
            'test/lab/storms.test.ts',
          ],
        },
      },
      {
        // The same behaviour of the other engine.
        resolve: { alias: compiled },
        test: {
          name: 'compiled',
          ...together,
          env: { SCHMOOZER_ENGINE: 'compiled' },
          include: ['test/unit/{machine,browser}/**/*.test.ts', 'test/proof/model/**/*.test.ts'],
          exclude: ['test/proof/model/{exploration,edgePairs}.test.ts'],
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
      {
        resolve: { alias: schmoozer },
        test: { name: 'apart', ...deadlines, include: apart },
      },
    ],
  },
});
