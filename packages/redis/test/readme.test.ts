import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { fencesOf } from '../../../test/support/documents.js';

const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');
const fences = (file: string) =>
  fencesOf(file)
    .filter(({ info }) => info === 'ts')
    .map(({ code }) => code);

describe('README.md', () => {
  const file = 'packages/redis/README.md';

  it('shows the recipe that is tested', () => {
    const tested = read('support/discordBudget.ts').replace(
      '../../src/index.js',
      '@schmoozer/redis',
    );
    expect(fences(file).map((code) => code.trim())).toContain(tested.trim());
  });

  it('shows the client as docs/many.md does, where it is compiled', () => {
    const clients = [file, 'docs/many.md'].map((document) =>
      fences(document).map((code) => /const client = new Redis[\s\S]+?\}\);/.exec(code)?.[0]),
    );
    const [ours, theirs] = clients.map((all) => all.find((text) => text !== undefined));
    expect(ours).toBeDefined();
    expect(ours).toBe(theirs);
  });
});
