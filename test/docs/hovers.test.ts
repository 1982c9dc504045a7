import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { read, root } from '../support/documents.js';
import { LanguageServer } from '../support/languageServer.js';

const fixture = 'test/docs/fixtures/hovers.ts';
/** Every name that stands after a mark. */
const places = read(fixture)
  .split('\n')
  .flatMap((text, line) =>
    text.startsWith('//')
      ? []
      : [...text.matchAll(/(\/\* \? \*\/ ?\.?)(\w+)/g)].map(({ index, 1: mark, 2: name }) => ({
          name: name as string,
          line,
          character: index + (mark as string).length,
        })),
  );

describe('what an editor shows for a name', () => {
  let server: LanguageServer;
  beforeAll(async () => {
    server = await LanguageServer.start(root);
    server.open(join(root, fixture));
  });
  afterAll(() => server.stop());

  it.each(places)('$name in line $line has a sentence', async ({ name, line, character }) => {
    const shown = await server.hover(join(root, fixture), line, character);
    expect(shown).toContain(name);
    const prose = shown.replaceAll(/^```[\s\S]*?^```/gm, '').trim();
    // Not only tags, and none of those that XState has in its own sentences.
    expect(prose).toMatch(/^(?!\*@)[`A-Z](?:.|\n(?!\n))*[.:]/);
    expect(prose).not.toContain('@remarks');
  });

  it('is looked at for the forty names that are used most often, and more', () => {
    expect(places.length).toBeGreaterThanOrEqual(40);
    const names = places.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['Break', 'Continue', 'send', 'stop', 'hasTag']));
  });
});
