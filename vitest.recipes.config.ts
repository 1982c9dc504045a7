import { defineConfig } from 'vitest/config';
import { schmoozer } from './vitest.alias.js';

/** The recipes, with the libraries that they are for and real servers: `npm run test:recipes`. */
export default defineConfig({
  resolve: { alias: schmoozer },
  test: {
    name: 'recipes',
    include: ['test/recipes/**/*.test.ts'],
    maxWorkers: '100%',
    isolate: false,
    // It must be there once, and Node and Vite would take different files of it.
    server: { deps: { inline: ['graphql', 'graphql-ws'] } },
    testTimeout: 30_000,
    hookTimeout: 30_000,
    expect: { poll: { timeout: 20_000 } },
  },
});
