import { defineConfig } from 'vitest/config';
import { schmoozer } from './vitest.alias.js';

/** Programs in processes of their own: the library built, the command, the demo, the benches: `npm run test:process`. */
export default defineConfig({
  resolve: { alias: schmoozer },
  test: {
    name: 'process',
    include: [
      'test/process/**/*.test.ts',
      'packages/*/test/process/**/*.test.ts',
      'bench/test/process/**/*.test.ts',
    ],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // The demo tells its story in real time, and an exit is timed: not beside a bench.
    fileParallelism: false,
    expect: { poll: { timeout: 20_000 } },
  },
});
