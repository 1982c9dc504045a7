import { defineConfig } from 'vitest/config';

// `npm run test:mutants` points the tests at copies of the source with a mistake in them.
const folder = process.env['SCHMOOZER_SOURCE'] ?? new URL('./src', import.meta.url).pathname;
const source = (entry: string) => `${folder}/${entry}.ts`;

const schmoozer = [
  { find: /^schmoozer$/, replacement: source('index') },
  { find: /^schmoozer\/(\w+)$/, replacement: source('$1') },
];

// `xstate` is installed at the floor of the peer range; behaviour is tested at the newest, too.
export default defineConfig({
  test: {
    coverage: { include: ['src/**'], thresholds: { lines: 100, branches: 100 } },
    projects: [
      {
        resolve: { alias: schmoozer },
        test: { name: 'floor', include: ['test/**/*.test.ts'] },
      },
      {
        resolve: { alias: [...schmoozer, { find: /^xstate$/, replacement: 'xstate-newest' }] },
        test: {
          name: 'newest',
          include: ['test/{machine,actors,model}/**/*.test.ts', 'test/run*.test.ts'],
        },
      },
    ],
  },
});
