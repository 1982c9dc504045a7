import { defineConfig } from 'vitest/config';
import { schmoozer } from './vitest.alias.js';

/** They measure how soon a lock is taken over: beside each other alone. */
const locks = ['packages/{redis,postgres}/test/services/twoProcesses.test.ts'];
/** They measure a rate, or a storm: not beside others. */
const alone = [
  'packages/redis/test/services/{fleet,outage}.test.ts',
  'packages/prometheus/test/services/storm.test.ts',
];
const shared = {
  globalSetup: 'test/support/servicesSetup.ts',
  testTimeout: 60_000,
  hookTimeout: 60_000,
};

/** Tests that talk to real servers on this machine: `npm run test:services`. */
export default defineConfig({
  test: {
    projects: [
      {
        resolve: { alias: schmoozer },
        test: {
          ...shared,
          name: 'services',
          include: ['{test,packages/*/test}/services/**/*.test.ts'],
          exclude: [...alone, ...locks],
          // They wait for servers, most of the time.
          maxWorkers: 3,
          sequence: { groupOrder: 0 },
        },
      },
      {
        resolve: { alias: schmoozer },
        test: {
          ...shared,
          name: 'locks',
          include: locks,
          sequence: { groupOrder: 1 },
        },
      },
      {
        resolve: { alias: schmoozer },
        test: {
          ...shared,
          name: 'alone',
          include: alone,
          fileParallelism: false,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
