import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { engineMutants } from './engineMutants.js';
import { root } from './layers.js';

it.each(engineMutants)('"$name" finds in $file what it exchanges, once', ({ file, find }) => {
  expect(readFileSync(join(root, file), 'utf8').split(find)).toHaveLength(2);
});

it('each has a name of its own', () => {
  expect(new Set(engineMutants.map(({ name }) => name)).size).toBe(engineMutants.length);
});
