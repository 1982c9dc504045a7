import { defineConfig } from 'vitest/config';
import { schmoozer } from './vitest.alias.js';

/** What a user of npm gets: the tarballs, and what npm makes of them from a registry on this machine: `npm run test:tarballs`. */
export default defineConfig({
  resolve: { alias: schmoozer },
  test: {
    name: 'tarballs',
    include: ['test/tarballs/**/*.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 600_000,
    fileParallelism: false,
  },
});
