import { defineConfig } from 'vitest/config';

const source = (entry: string) => new URL(`./src/${entry}.ts`, import.meta.url).pathname;

export default defineConfig({
  resolve: {
    alias: [
      { find: /^schmoozer$/, replacement: source('index') },
      { find: /^schmoozer\/(\w+)$/, replacement: source('$1') },
    ],
  },
  test: {
    include: ['test/**/*.test.ts'],
    coverage: { include: ['src/**'], thresholds: { lines: 100, branches: 100 } },
  },
});
