import { readFileSync, rmSync } from 'node:fs';
import { expect, it } from 'vitest';
import { root } from '../../../test/support/exec.js';
import { pack } from '../../../test/support/packed.js';

it('the tarball of the command holds the build, the sources its maps point to, and nothing else', () => {
  const { folder, files } = pack(`${root}packages/cli`);
  rmSync(folder, { recursive: true });
  const unexpected = files.filter(
    (file) =>
      !/^dist\/\w+\.(js|d\.ts|js\.map|d\.ts\.map)$/.test(file) && !/^src\/\w+\.ts$/.test(file),
  );
  expect(unexpected.toSorted()).toEqual(['LICENSE', 'README.md', 'package.json']);
  expect(files).toEqual(expect.arrayContaining(['dist/cli.js', 'dist/main.js', 'src/main.ts']));
});

it('the library that the lock file names is the one in this repository', () => {
  const { packages } = JSON.parse(readFileSync(`${root}package-lock.json`, 'utf8')) as {
    packages: Record<string, { resolved?: string; link?: boolean }>;
  };
  const places = Object.entries(packages).filter(([path]) =>
    /(^|\/)node_modules\/schmoozer$/.test(path),
  );
  expect(places).toEqual([['node_modules/schmoozer', { resolved: '', link: true }]]);
});
