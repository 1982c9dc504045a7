// `npm run test:mutants` points the tests at copies of the source with a mistake in them.
const folder = process.env['SCHMOOZER_SOURCE'] ?? new URL('./src', import.meta.url).pathname;
const source = (entry: string) => `${folder}/${entry}.ts`;

/** The package's own names lead to its source. */
export const schmoozer = [
  { find: /^schmoozer$/, replacement: source('index') },
  { find: /^schmoozer\/(\w+)$/, replacement: source('$1') },
];
