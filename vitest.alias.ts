const source = (entry: string) => new URL(`./src/${entry}.ts`, import.meta.url).pathname;

/** The package's own names lead to its source. */
export const schmoozer = [
  { find: /^schmoozer$/, replacement: source('index') },
  { find: /^schmoozer\/([\w-]+)$/, replacement: source('$1') },
];

/** The same, with the compiled engine in the place of XState's. */
export const compiled = [
  {
    find: /^schmoozer$/,
    replacement: new URL('./test/support/compiledSchmoozer.ts', import.meta.url).pathname,
  },
  ...schmoozer.slice(1),
];
