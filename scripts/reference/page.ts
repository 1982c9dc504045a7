// Writes the pages from what model.ts has read.
import { entries, type Entry } from './entries.js';
import type { Declaration, Kind, Member, Page, PublicName } from './model.js';

const NOTE = '<!-- From the doc comments of the sources: `npm run docs`. -->';

const SECTIONS: readonly { readonly kinds: readonly Kind[]; readonly heading: string }[] = [
  { kinds: ['function', 'constant', 'class'], heading: 'Functions and classes' },
  { kinds: ['options'], heading: 'Options' },
  { kinds: ['type'], heading: 'Types' },
  { kinds: ['error'], heading: 'Errors' },
];

/** Every file of docs/reference, by its name. */
export function renderPages(pages: readonly Page[]): Record<string, string> {
  const files = pages.map((page) => [`${page.entry.slug}.md`, renderPage(page, pages)] as const);
  return Object.fromEntries([['README.md', renderIndex(pages)], ...files]);
}

function renderIndex(pages: readonly Page[]): string {
  const rows = pages.map(({ entry, comment }) => {
    const sentence = new Writer(entry, pages).prose(comment.text[0] ?? '');
    return `| [\`${entry.specifier}\`](${entry.slug}.md) | ${sentence} |`;
  });
  return [
    NOTE,
    '# Reference',
    'Every name that can be imported, one page for each entry, written from the doc comments of the sources. A name that several\nentries export is explained once, where it belongs, and linked from the others.',
    ['| entry | what it is for |', '| --- | --- |', ...rows].join('\n'),
    '',
  ]
    .join('\n\n')
    .replace(/\n\n$/, '\n');
}

function renderPage(page: Page, pages: readonly Page[]): string {
  const { entry, comment } = page;
  const writer = new Writer(entry, pages);
  const own = page.names.filter(({ name }) => name.entry === entry);
  const others = page.names.filter(({ name }) => name.entry !== entry);
  const sections = SECTIONS.map(({ kinds, heading }) => {
    const names = uniqueNames(own.map(({ name }) => name))
      .filter(({ kind }) => kinds.includes(kind))
      .toSorted(byName);
    return { heading, names };
  }).filter(({ names }) => names.length > 0);
  const contents = sections.map(
    ({ heading, names }) => `${heading}: ${names.map((name) => writer.link(name)).join(', ')}.`,
  );
  const elsewhere = uniqueNames(others.map(({ name }) => name)).toSorted(byName);
  return (
    [
      NOTE,
      `# \`${entry.specifier}\``,
      ...comment.text.map((paragraph) => writer.prose(paragraph)),
      ...contents,
      ...(elsewhere.length > 0
        ? [
            `From other entries, and exported here too: ${elsewhere.map((name) => writer.link(name)).join(', ')}.`,
          ]
        : []),
      ...sections.flatMap(({ heading, names }) => [
        `## ${heading}`,
        ...names.flatMap((name) => writer.name(name)),
      ]),
    ].join('\n\n') + '\n'
  );
}

function byName(a: PublicName, b: PublicName): number {
  const [left, right] = [a.name.toLowerCase(), b.name.toLowerCase()];
  if (left !== right) return left < right ? -1 : 1;
  return a.name < b.name ? 1 : -1;
}

function uniqueNames(names: readonly PublicName[]): PublicName[] {
  return [...new Set(names)];
}

/** The names of a page under their headings, in the order in which they stand there. */
function headingsOf(page: Page): PublicName[] {
  const own = uniqueNames(page.names.map(({ name }) => name)).filter((n) => n.entry === page.entry);
  return SECTIONS.flatMap(({ kinds }) =>
    own.filter(({ kind }) => kinds.includes(kind)).toSorted(byName),
  );
}

/** Writes for one page: it knows what leads where from there. */
class Writer {
  readonly #entry: Entry;
  readonly #targets = new Map<PublicName, string>();
  readonly #byName = new Map<string, PublicName[]>();

  constructor(entry: Entry, pages: readonly Page[]) {
    this.#entry = entry;
    for (const page of pages) {
      const used = new Set(
        ['', ...SECTIONS.map(({ heading }) => heading)].map((heading) => slugOf(heading)),
      );
      for (const name of headingsOf(page)) {
        const anchor = slugOf(name.name);
        // As GitHub does it: the second heading of a name gets a number.
        const unique = used.has(anchor) ? `${anchor}-1` : anchor;
        used.add(unique);
        this.#targets.set(name, `${page.entry.slug}.md#${unique}`);
        this.#byName.set(name.name, [...(this.#byName.get(name.name) ?? []), name]);
      }
    }
  }

  link(name: PublicName): string {
    const target = this.#targets.get(name) as string;
    return `[\`${name.name}\`](${target.replace(`${this.#entry.slug}.md`, '')})`;
  }

  name(name: PublicName): string[] {
    const { declarations, members, inherited, source, codes } = name;
    const texts = declarations.map(({ comment }) => comment.text.join('\n\n'));
    const isSaid = (i: number) => texts.indexOf(texts[i] as string) < i;
    const blocks = declarations.flatMap(({ signature, comment }, i) => [
      ...(signature === '' ? [] : [`\`\`\`ts declaration\n${signature}\n\`\`\``]),
      ...(isSaid(i) ? [] : comment.text.map((text) => this.prose(text, name))),
    ]);
    const order = signaturesFirst(blocks);
    return [
      `### \`${name.name}\``,
      ...order,
      ...(codes.length > 0 ? [`\`code\`: ${codes.map((code) => `\`${code}\``).join(', ')}.`] : []),
      ...this.#tags(declarations),
      ...(members.length > 0 ? [members.map((each) => this.#member(each, name)).join('\n')] : []),
      ...inherited.map((each) => this.#inherited(each)),
      `Source: ${sourceLink(source)}`,
    ];
  }

  #tags(declarations: readonly Declaration[]): string[] {
    const tags = declarations.flatMap(({ comment }) => comment.tags);
    const lines = tags.map(({ name, text }) => this.#tag(name, text));
    return lines.length === 0 ? [] : [[...new Set(lines)].join('\n')];
  }

  #tag(name: string, text: string): string {
    if (name === 'throws') return `- Throws ${this.prose(linkable(text))}`;
    if (name === 'param') {
      const [, parameter, rest] = /^(\S+)\s*(.*)$/.exec(text) ?? [];
      return `- \`${parameter}\`: ${this.prose(rest ?? '')}`;
    }
    if (name === 'returns') return `- Returns ${this.prose(text)}`;
    throw new Error(`@${name}: the pages have no place for this tag`);
  }

  #member({ signature, comment }: Member, name: PublicName): string {
    const text = comment.text.join(' ');
    const [, fallback] = DEFAULT.exec(text) ?? [];
    const facts = fallback === undefined ? '' : ` Default ${this.prose(fallback)}.`;
    const rest = text.replace(DEFAULT, ' ').replaceAll(/ {2,}/g, ' ').trim();
    const prose = rest === '' ? '' : ` ${this.prose(rest, name)}`;
    const tags = comment.tags.map((tag) => `\n  ${this.#tag(tag.name, tag.text)}`).join('');
    const said = prose === '' && facts === '' ? '' : `\\\n ${prose}${facts}`;
    return `- \`${signature}\`${said}${tags}`;
  }

  #inherited({ from, package: module, names }: PublicName['inherited'][number]): string {
    const all = names.map((each) => `\`${each}\``).join(', ');
    const origin = this.#byName.get(from)?.[0];
    if (module !== undefined) return `From \`${from}\` of \`${module}\`: ${all}.`;
    return `From ${origin ? this.link(origin) : `\`${from}\``}: ${all}.`;
  }

  /** Text in which the public names are links. */
  prose(text: string, self?: PublicName): string {
    const escaped = text.replaceAll(/<(?=[a-z/])/gi, '&lt;').replaceAll('|', '\\|');
    return escaped.replaceAll(/`(\w+)(\(\))?`/g, (all, word: string) => {
      const found = this.#byName.get(word) ?? [];
      const here = found.find(({ entry }) => entry === this.#entry) ?? found[0];
      if (here === undefined || here === self || word === self?.name) return all;
      return this.link(here).replace(`\`${word}\``, all);
    });
  }
}

/** What an option is without being given, and its bounds: the sentence that begins with `Default`. */
export const DEFAULT = /(?<=^|[.;:!?)`] )Default (.+?)\.(?= [A-Z`]|$)/;

/** Names of classes as code. */
function linkable(text: string): string {
  return text.replaceAll(/(?<!`)\b([A-Z]\w+Error)\b(?!`)/g, '`$1`');
}

/** Several signatures in one block, and then what is said of them. */
function signaturesFirst(blocks: readonly string[]): string[] {
  return [...blocks];
}

/** What npm ships is linked, the rest is named. */
function sourceLink(source: string): string {
  return source.startsWith('src/') ? `[\`${source}\`](../../${source})` : `\`${source}\``;
}

/** As GitHub makes it of a heading. */
function slugOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\w\s-]/g, '')
    .replaceAll(' ', '-');
}

export const slugs: readonly string[] = entries.map(({ slug }) => slug);
