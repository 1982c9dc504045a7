import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { entries } from '../../scripts/reference/entries.js';
import { gapsOf } from '../../scripts/reference/gaps.js';
import { type Member, type Page, readPages } from '../../scripts/reference/model.js';
import { parseComment } from '../../scripts/reference/comment.js';
import { renderPages } from '../../scripts/reference/page.js';
import { surface } from '../package/surface.js';
import { read, root } from '../support/documents.js';

const folder = 'docs/reference';
const pages = readPages();

describe('docs/reference', () => {
  const files = renderPages(pages);

  it('has the files that `npm run docs` writes, and no other', () => {
    const names = readdirSync(join(root, folder));
    expect(names.toSorted()).toEqual(Object.keys(files).toSorted());
  });

  it.each(Object.keys(files))('%s is as `npm run docs` writes it', (name) => {
    expect(read(`${folder}/${name}`)).toBe(files[name]);
  });

  it.each(Object.entries(surface))('has every name of %s', (path, { values, types }) => {
    const specifier = path.replace('.', 'schmoozer');
    const page = pages.find(({ entry }) => entry.specifier === specifier) as Page;
    const exported = page.names.map((each) => each.exported);
    expect(exported.toSorted()).toEqual([...values, ...types].toSorted());
    const text = files[`${page.entry.slug}.md`] as string;
    expect(page.names.filter(({ name }) => !text.includes(`[\`${name.name}\`](`))).toEqual([]);
  });

  it('shows a type for every property, also where the source has none', () => {
    const members = pages.flatMap(({ names }) => names.flatMap(({ name }) => name.members));
    expect(members.filter(({ signature }) => /^[\w$]+\??$/.test(signature))).toEqual([]);
    expect(files['reconnecting-websocket.md']).toContain('`CONNECTING: 0`');
    expect(files['reconnecting-websocket.md']).toContain(
      '`close(code?: number, reason?: string): void`',
    );
  });

  it('names the platform, not the package of the compiler, as the origin of its types', () => {
    expect(files['reconnecting-websocket.md']).toContain("From the platform's `EventTarget`:");
    expect(Object.values(files).filter((text) => text.includes('@typescript/'))).toEqual([]);
  });

  it('leads a name that two entries export to the entry that stands behind it', () => {
    expect(files['inspect.md']).toContain(
      '[`createReconnectActor`](compiled.md#createreconnectactor) of `schmoozer/compiled`',
    );
  });

  it('leads a key of a map to the type of its value', () => {
    expect(files['diagnostics.md']).toContain(
      "- `'schmoozer:connect'`: [`ConnectTraceMessage`](#connecttracemessage)",
    );
  });

  it('shows no remarks of a source inside a declaration', () => {
    expect(Object.values(files).filter((text) => text.includes('oxlint'))).toEqual([]);
  });

  it('has a page for every entry of the library and of each package', () => {
    expect(entries.map(({ specifier }) => specifier)).toEqual(
      expect.arrayContaining(['schmoozer', 'schmoozer/tcp', '@schmoozer/redis/ioredis']),
    );
    expect(new Set(entries.map(({ slug }) => slug)).size).toBe(entries.length);
  });
});

describe('the doc comments', () => {
  it('leave nothing out', () => {
    expect(gapsOf(pages)).toEqual([]);
  });

  /** A page with one options type that has one option. */
  const pageOf = (signature: string, comment: string, kind: 'options' | 'type' = 'options') => {
    const [name, type] = signature.split(/\??: /) as [string, string];
    const member: Member = {
      name,
      isOptional: signature.includes('?:'),
      signature,
      type,
      comment: parseComment(comment),
    };
    const entry = { specifier: 'x', slug: 'x', source: 'x.ts' };
    const said = parseComment('/** Said. */');
    return {
      entry,
      comment: said,
      names: [
        {
          exported: 'Options',
          name: {
            name: 'Options',
            kind,
            entry,
            source: 'x.ts',
            declarations: [{ signature: '', comment: said }],
            members: [member],
            inherited: [],
            codes: [],
          },
        },
      ],
    };
  };
  const gaps = (...args: Parameters<typeof pageOf>) =>
    gapsOf([pageOf(...args)]).map((gap) => gap.replace(/^.*: /, ''));

  it.each([
    ['host?: string', '/** Where. Default none. */', []],
    ['host?: string', '/** Where. Without it nothing is asked. */', []],
    ['host?: string', '/** Where. Required beside `port`. */', []],
    ['host: string', '/** Where. */', []],
    ['host?: string', '/** Where. */', ['no default']],
    ['host?: string', '/** Default none. */', ['no sentence']],
    ['host: string', '', ['no sentence']],
    ['waitMs?: number', '/** How long. Default 5; bounds >= 0. */', []],
    ['wait?: number', '/** How long, in milliseconds. Default 5. Bounds >= 0. */', []],
    ['wait?: number', '/** How long. Default 5; bounds >= 0. */', ['no unit']],
    ['waitMs?: number', '/** How long. Default 5. */', ['no bounds']],
    ['maxItems?: number', '/** What is held. Default 5; an integer >= 0. */', []],
    ['burst?: number', '/** Attempts at once. Default 5; bounds >= 0. */', []],
    ['factor?: number', '/** What it grows by. Default 5; bounds >= 0. */', []],
    ['size: number', '/** What is held; bounds >= 0. */', ['no unit']],
    ['onWait?: (ms: number) => void', '/** Called. Default none. */', []],
  ])('%s with %s lacks %j', (signature, comment, expected) => {
    expect(gaps(signature, comment)).toEqual(expected);
  });

  it('of a type that is no option need a sentence alone', () => {
    expect(gaps('wait?: number', '/** How long. */', 'type')).toEqual([]);
    expect(gaps('wait?: number', '', 'type')).toEqual(['no sentence']);
    expect(gaps("'a:b': Options", '', 'type')).toEqual([]);
  });

  it('of a name and of an entry are needed', () => {
    const page = pageOf('host: string', '/** Where. */');
    const comment = parseComment('');
    const names = page.names.map(({ exported, name }) => ({
      exported,
      name: { ...name, declarations: [{ signature: '', comment }] },
    }));
    expect(gapsOf([{ ...page, comment, names }])).toEqual([
      'x.ts: no sentence with @packageDocumentation',
      'x.ts Options no sentence',
    ]);
  });
});
