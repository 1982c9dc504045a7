import { defineConfig } from 'vitest/config';
import { schmoozer } from './vitest.alias.js';

/** Tests that drive a real Chromium: `npm run test:browser`. */
export default defineConfig({
  resolve: { alias: schmoozer },
  test: {
    name: 'browser',
    include: ['test/browser/**/*.test.ts', 'packages/*/test/browser/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    fileParallelism: false,
    // One second, the default, is little on a busy machine.
    expect: { poll: { timeout: 20_000 } },
  },
});
