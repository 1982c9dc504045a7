import { defineConfig } from 'vitest/config';
import { schmoozer } from './vitest.alias.js';

/** Tests that talk to real servers on this machine: `npm run test:services`. */
export default defineConfig({
  resolve: { alias: schmoozer },
  test: {
    name: 'services',
    include: ['{test,packages/*/test}/services/**/*.test.ts'],
    globalSetup: 'test/support/servicesSetup.ts',
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // They wait for servers, most of the time.
    maxWorkers: 3,
  },
});
