const source = (entry: string) => new URL(`./src/${entry}.ts`, import.meta.url).pathname;

/** The package's own names lead to its source. */
export const schmoozer = [
  { find: /^schmoozer$/, replacement: source('index') },
  { find: /^schmoozer\/(\w+)$/, replacement: source('$1') },
];
