import { defineConfig } from 'vitest/config';

/** Other versions of Node, and other runtimes: `npm run test:runtimes`. */
export default defineConfig({
  test: {
    name: 'runtimes',
    include: ['test/runtimes/*.test.ts'],
    testTimeout: 180_000,
    // Each run takes every core.
    fileParallelism: false,
  },
});
