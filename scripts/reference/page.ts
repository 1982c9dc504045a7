// Writes the pages from what model.ts has read.
import {
  type Declaration,
  type Inherited,
  type Kind,
  type Member,
  type Page,
  PLATFORM,
  type PublicName,
} from './model.js';
import { factsOf, isNumber, textOf, unitOf } from './option.js';

const NOTE = '<!-- From the doc comments of the sources: `npm run docs`. -->';

const SECTIONS: readonly { readonly kinds: readonly Kind[]; readonly heading: string }[] = [
  { kinds: ['function', 'constant', 'class'], heading: 'Functions and classes' },
  { kinds: ['options'], heading: 'Options' },
  { kinds: ['type'], heading: 'Types' },
  { kinds: ['error'], heading: 'Errors' },
];

const INTRODUCTION = `Every name that can be imported, one page for each entry, written from the doc comments of the sources by \`npm run docs\`. A
name that several entries export is explained on the page of one, and linked from the others.`;

/** Every file of docs/reference, by its name. */
export function renderPages(pages: readonly Page[]): Record<string, string> {
  const files = pages.map((page) => [`${page.entry.slug}.md`, renderPage(page, pages)]);
  return { 'README.md': renderIndex(pages), ...(Object.fromEntries(files) as object) };
}

function renderIndex(pages: readonly Page[]): string {
  const rows = inOrder(pages).map(({ entry, comment }) => {
    const sentence = new Writer(entry.slug, []).prose(comment.text.join(' '));
    return `| [\`${entry.specifier}\`](${entry.slug}.md) | ${sentence} |`;
  });
  const table = ['| entry | what it is for |', '| --- | --- |', ...rows].join('\n');
  return joined([NOTE, '# Reference', INTRODUCTION, table]);
}

/** The library before its packages, each by name. */
function inOrder(pages: readonly Page[]): Page[] {
  const keyOf = ({ entry }: Page) => entry.specifier.replace('@', '~');
  return pages.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
}

function renderPage(page: Page, pages: readonly Page[]): string {
  const { entry, comment, names } = page;
  const writer = new Writer(entry.slug, pages);
  const sections = SECTIONS.map(({ kinds, heading }) => ({
    heading,
    names: ownNames(page).filter(({ kind }) => kinds.includes(kind)),
  })).filter((section) => section.names.length > 0);
  const others = [...new Set(names.map(({ name }) => name))]
    .filter((name) => name.entry !== entry)
    .toSorted(byName);
  const list = (all: readonly PublicName[]) => all.map((name) => writer.link(name)).join(', ');
  return joined([
    NOTE,
    `# \`${entry.specifier}\``,
    ...comment.text.map((text) => writer.prose(text)),
    ...sections.map((section) => `**${section.heading}**: ${list(section.names)}`),
    ...sections.flatMap((section) => [
      `## ${section.heading}`,
      ...section.names.flatMap((name) => writer.name(name)),
    ]),
    ...(others.length > 0 ? ['## Of other entries, exported here too', list(others)] : []),
  ]);
}

const joined = (blocks: readonly string[]): string => `${blocks.join('\n\n')}\n`;

/** The names that are explained on a page, in the order in which they stand there. */
function ownNames({ entry, names }: Page): PublicName[] {
  const own = new Set(names.map(({ name }) => name).filter((name) => name.entry === entry));
  return SECTIONS.flatMap(({ kinds }) =>
    [...own].filter(({ kind }) => kinds.includes(kind)).toSorted(byName),
  );
}

function byName(a: PublicName, b: PublicName): number {
  return a.name.localeCompare(b.name, 'en');
}

/** Writes for one page: it knows what leads where from there. */
class Writer {
  readonly #slug: string;
  /** Where each name is explained, from the folder. */
  readonly #targets = new Map<PublicName, string>();
  readonly #byName = new Map<string, PublicName[]>();

  constructor(slug: string, pages: readonly Page[]) {
    this.#slug = slug;
    for (const page of pages) {
      const used = new Set<string>();
      for (const name of ownNames(page)) {
        const anchor = anchorOf(name.name);
        // As GitHub does it: of two that are the same, the second gets a number.
        this.#targets.set(name, `${page.entry.slug}.md#${anchor}${used.has(anchor) ? '-1' : ''}`);
        used.add(anchor);
        this.#byName.set(name.name, [...(this.#byName.get(name.name) ?? []), name]);
      }
    }
  }

  /** The heading of a name, and all that is said of it. */
  name(name: PublicName): string[] {
    const { declarations, members, inherited, source, codes } = name;
    const signatures = declarations.map(({ signature }) => signature).filter(isTelling);
    const texts = new Set(declarations.flatMap(({ comment }) => comment.text));
    return [
      `### \`${name.name}\``,
      ...(signatures.length > 0 ? [`\`\`\`ts declaration\n${signatures.join('\n')}\n\`\`\``] : []),
      ...[...texts].map((text) => this.prose(text, name)),
      ...(codes.length > 0 ? [`\`code\`: ${this.prose(codeList(codes))}`] : []),
      ...this.#tags(declarations),
      ...(members.length > 0 ? [members.map((each) => this.#member(each, name)).join('\n')] : []),
      ...inherited.map((each) => this.#inherited(each)),
      `Source: ${sourceLink(source)}`,
    ];
  }

  link(name: PublicName, text = name.name): string {
    const target = this.#targets.get(name) as string;
    return `[\`${text}\`](${target.replace(new RegExp(`^${this.#slug}\\.md(?=#)`), '')})`;
  }

  /** Text in which names of types, functions and errors are links. */
  prose(text: string, self?: PublicName): string {
    const escaped = errorsAsCode(text.replaceAll(/<(?=[a-z/])/gi, '&lt;'));
    const linked = escaped.replaceAll(/\bdocs\/([\w-]+\.md)\b/g, '[docs/$1](../$1)');
    // The entry may be named behind it: "`x` of `schmoozer/y`".
    const names = /`(\w+)(\(\))?`(?:(?= of `(@?[\w/-]+)`)|)/g;
    return linked.replaceAll(names, (all, word: string, call?: string, specifier?: string) => {
      // `run`, `closed`, `lines` are more often methods, options and plain words.
      if (!/[A-Z]/.test(word) && call === undefined) return all;
      const found = this.#byName.get(word) ?? [];
      const name =
        found.find(({ entry }) => entry.specifier === specifier) ??
        found.find(({ entry }) => entry.slug === this.#slug) ??
        found[0];
      return name === undefined || name === self ? all : this.link(name, `${word}${call ?? ''}`);
    });
  }

  #tags(declarations: readonly Declaration[]): string[] {
    const tags = declarations.flatMap(({ comment }) => comment.tags);
    const lines = tags.map(({ name, text }) => `- ${this.#tag(name, text)}`);
    return lines.length === 0 ? [] : [[...new Set(lines)].join('\n')];
  }

  #tag(name: string, text: string): string {
    if (name === 'throws') return `Throws ${this.prose(text)}`;
    if (name === 'returns') return `Returns ${this.prose(text)}`;
    const [, parameter, rest] = /^(\S+) (.+)$/.exec(text) ?? [];
    if (name === 'param' && rest !== undefined) return `\`${parameter}\`: ${this.prose(rest)}`;
    throw new Error(`@${name} ${text}: the pages have no place for this tag`);
  }

  #member(member: Member, name: PublicName): string {
    const facts = factsOf(member);
    const unit = isNumber(member) ? unitOf(member) : undefined;
    // A key of a map leads to the type of its value.
    const [target] = member.name.startsWith("'") ? (this.#byName.get(member.type) ?? []) : [];
    const signature = target
      ? `\`${member.name}\`: ${this.link(target)}`
      : `\`${member.signature}\``;
    const head = [
      signature,
      ...(unit === undefined ? [] : [unit]),
      ...(facts === undefined ? [] : [`default ${this.prose(facts)}`]),
    ].join(' · ');
    const text = this.prose(textOf(member), name);
    const tags = member.comment.tags.map((tag) => `\n  - ${this.#tag(tag.name, tag.text)}`);
    return `- ${head}${text === '' ? '' : `\\\n  ${text}`}${tags.join('')}`;
  }

  #inherited({ from, package: module, names }: Inherited): string {
    const origin = this.#byName.get(from)?.[0];
    const shown = module === undefined && origin ? this.link(origin) : `\`${from}\``;
    if (module === PLATFORM) return `From the platform's ${shown}: ${codeList(names)}`;
    return `From ${shown}${module === undefined ? '' : ` of \`${module}\``}: ${codeList(names)}`;
  }
}

/** Whether a signature says more than the heading and the members. */
function isTelling(signature: string): boolean {
  return signature !== '' && !/^(?:interface|class) \w+$/.test(signature);
}

/** Names of errors that stand outside of code, as code. */
function errorsAsCode(text: string): string {
  return text.replaceAll(/`[^`]*`|\b[A-Z]\w+Error\b/g, (found) =>
    found.startsWith('`') ? found : `\`${found}\``,
  );
}

function codeList(names: readonly string[]): string {
  return names.map((name) => `\`${name}\``).join(', ');
}

/** What the library's package ships is linked, the rest is named. */
function sourceLink(source: string): string {
  return source.startsWith('src/') ? `[\`${source}\`](../../${source})` : `\`${source}\``;
}

/** As GitHub makes it of a heading with this name. */
function anchorOf(name: string): string {
  return name.toLowerCase().replaceAll(/[^\w-]/g, '');
}
