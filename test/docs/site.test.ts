import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';
import { buildLab } from '../../scripts/site/lab.js';
import { linkTo } from '../../scripts/site/linkTo.js';
import { navigationOf } from '../../scripts/site/navigation.js';
import { pagesOf, placeOf, titleOf } from '../../scripts/site/pages.js';
import { documents, read } from '../support/documents.js';
import { temporaryFolder } from '../support/temporaryFolder.js';

const pages = pagesOf();
const sources = new Map(pages.map(({ source }) => [placeOf(source), source]));

describe('the pages of the site', () => {
  it('are all documents, the packages’ READMEs, and the files that they link to', () => {
    const shown = pages.map(({ source }) => source);
    expect(shown).toEqual(expect.arrayContaining([...documents]));
    expect(shown).toContain('packages/cli/README.md');
    expect(shown).toContain('examples/market-data.ts');
    expect(sources.size).toBe(pages.length);
  });

  it('stand where the repository has them, a README as the index of its folder', () => {
    expect(placeOf('README.md')).toBe('index.html');
    expect(placeOf('docs/decisions/README.md')).toBe('docs/decisions/index.html');
    expect(placeOf('docs/tcp.md')).toBe('docs/tcp.html');
    expect(placeOf('examples/market-data.ts')).toBe('examples/market-data.ts.html');
    expect(placeOf('examples/recipes')).toBe('examples/recipes/index.html');
  });

  it('show a file as code, whatever backticks are in it', () => {
    for (const { source, markdown } of pages.filter((page) => page.source.endsWith('.ts'))) {
      const [, fence, code] = /\n(`+)ts\n([\s\S]*)\n\1\n$/.exec(markdown) ?? [];
      expect(fence, source).toBeDefined();
      expect(code).not.toContain(fence);
    }
  });
});

describe('a link of a document', () => {
  it('leads to the page of its target, with its anchor', () => {
    const from = (source: string, href: string) => linkTo(source, href, sources);
    expect(from('README.md', 'docs/errors.md#verdicts')).toBe('/docs/errors.html#verdicts');
    expect(from('docs/tcp.md', '../README.md')).toBe('/index.html');
    expect(from('docs/tcp.md', 'decisions/')).toBe('/docs/decisions/index.html');
    expect(from('docs/tcp.md', '#anchor')).toBe('#anchor');
    expect(from('docs/tcp.md', 'https://nodejs.org/')).toBe('https://nodejs.org/');
  });

  it.each(['missing.md', '../scripts/site.ts', '../../elsewhere.md'])(
    'to %s is refused',
    (href) => {
      expect(() => linkTo('docs/tcp.md', href, sources)).toThrow(
        `docs/tcp.md links to ${href}, which is no page`,
      );
    },
  );
});

describe('the navigation', () => {
  const parts = navigationOf(pages);

  it('has the parts of docs/README.md, then the packages', () => {
    expect(parts.map(({ title }) => title)).toEqual([
      'Guide',
      'Reference',
      'Why',
      'Packages',
      'More',
    ]);
  });

  it('has every document but the first page, which the name in the bar leads to', () => {
    const all = parts.flatMap(({ groups }) => groups.flatMap(({ items }) => items));
    const hrefs = all.flatMap(({ href, children }) => [
      href,
      ...children.map((child) => child.href),
    ]);
    const expected = documents.filter((file) => file !== 'README.md');
    expect(expected.filter((file) => !hrefs.includes(`/${placeOf(file)}`))).toEqual([]);
  });

  it('names a page by its heading, and each once below a heading, in the order of the index', () => {
    const markdown = `# D\n\n## One\n\n[b](tcp.md), [a](../README.md), [b](tcp.md#x)\n
### Inner\n\n| [x](decisions/README.md) |\n\n## Two\n\nNone.\n`;
    const index = { source: 'docs/README.md', title: 'Documents', markdown };
    const others = pages.filter(({ source }) => source !== index.source);
    const [one, next] = navigationOf([index, ...others]);
    const item = (source: string, children: unknown = []) => {
      return { title: titleOf(read(source)), href: `/${placeOf(source)}`, children };
    };
    const records = [...read('docs/decisions/README.md').matchAll(/^\| \[\d+\]\((\S+)\)/gm)].map(
      ([, file]) => normalize(join('docs/decisions', file as string)),
    );
    expect(one).toEqual({
      title: 'One',
      groups: [
        { title: '', items: [item('docs/tcp.md'), item('README.md')] },
        {
          title: 'Inner',
          items: [
            item(
              'docs/decisions/README.md',
              records.map((file) => item(file)),
            ),
          ],
        },
      ],
    });
    expect(next?.title).toBe('Packages');
  });

  it('leads to the lab where there is one', () => {
    const hrefs = (hasLab: boolean) =>
      navigationOf(pages, hasLab)
        .at(-1)
        ?.groups[0]?.items.map(({ href }) => href);
    expect(hrefs(true)).toContain('/lab/index.html');
    expect(hrefs(false)).not.toContain('/lab/index.html');
  });
});

describe('the lab', () => {
  async function checkout(script: string): Promise<string> {
    const folder = await temporaryFolder();
    await writeFile(
      join(folder, 'package.json'),
      JSON.stringify({ scripts: { lab: 'node lab.mjs' } }),
    );
    await writeFile(join(folder, 'lab.mjs'), script);
    return folder;
  }

  it('is built into the site by `npm run lab -- --build`', async () => {
    const out = await temporaryFolder();
    const script = `
      import { mkdirSync, writeFileSync } from 'node:fs';
      const [flag, folder] = process.argv.slice(2);
      mkdirSync(folder, { recursive: true });
      writeFileSync(folder + '/index.html', flag);`;
    buildLab(out, await checkout(script));
    expect(await readFile(join(out, 'lab/index.html'), 'utf8')).toBe('--build');
  });

  it('that cannot be built ends the build', async () => {
    const out = await temporaryFolder();
    const failing = await checkout('process.exit(3)');
    expect(() => buildLab(out, failing)).toThrow('the lab was not built: exit code 3');
    const empty = await checkout('');
    expect(() => buildLab(out, empty)).toThrow('the lab has no index.html');
  });

  it('is left out where there is none', async () => {
    const out = await temporaryFolder();
    const folder = join(await temporaryFolder(), 'checkout');
    await mkdir(folder);
    await writeFile(join(folder, 'package.json'), '{"scripts":{}}');
    buildLab(join(out, 'site'), folder);
    await expect(readFile(join(out, 'site/lab/index.html'))).rejects.toThrow('ENOENT');
  });
});
