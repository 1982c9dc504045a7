import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { mutants } from './mutants.js';

const read = (file: string) =>
  readFileSync(new URL(`../../../src/${file}`, import.meta.url), 'utf8');

it('every mutant still names exactly one place of the source', () => {
  const count = ({ file, find }: (typeof mutants)[number]) => read(file).split(find).length - 1;
  const lost = mutants.filter((mutant) => count(mutant) !== 1);
  expect(lost.map((mutant) => `${mutant.name}: found ${count(mutant)} times`)).toEqual([]);
  expect(mutants.length).toBeGreaterThanOrEqual(40);
  expect(new Set(mutants.map(({ name }) => name)).size).toBe(mutants.length);
});
