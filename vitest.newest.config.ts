import { defineConfig } from 'vitest/config';
import { schmoozer } from './vitest.alias.js';

/** Behaviour with the newest `xstate` of the peer range: `npm run test:newest`. */
export default defineConfig({
  resolve: { alias: [...schmoozer, { find: /^xstate$/, replacement: 'xstate-newest' }] },
  test: {
    name: 'newest',
    testTimeout: 30_000,
    hookTimeout: 30_000,
    expect: { poll: { timeout: 20_000 } },
    maxWorkers: '100%',
    include: [
      'test/unit/{machine,actors,browser,inspect}/**/*.test.ts',
      // Without the exploration: the table shows that both ends of the range take the same steps.
      'test/proof/{model/{differential,edgePairs},chart/*}.test.ts',
      'test/unit/many/group/{groupLogic,healthOf}.test.ts',
      'test/examples/{appMachine,supervisor}.test.ts',
    ],
  },
});
