import { defineConfig } from 'vitest/config';
import { schmoozer } from './vitest.alias.js';

/** What strangers and broken peers may send: `npm run test:hostile`. */
export default defineConfig({
  resolve: { alias: schmoozer },
  test: {
    name: 'hostile',
    include: ['test/hostile/**/*.test.ts', 'packages/*/test/hostile/**/*.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 60_000,
    // Two of them would measure each other.
    fileParallelism: false,
    expect: { poll: { timeout: 20_000 } },
  },
});
