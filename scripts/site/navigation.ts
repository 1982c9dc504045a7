import { basename, dirname } from 'node:path/posix';
import { placeOf, type SitePage, targetOf } from './pages.js';

export interface NavigationItem {
  readonly title: string;
  /** From the top of the site: `/docs/tcp.html`. */
  readonly href: string;
  /** The documents of its folder, if it is their index. */
  readonly children: readonly NavigationItem[];
}

interface NavigationGroup {
  /** Empty for what stands before the first heading. */
  readonly title: string;
  readonly items: readonly NavigationItem[];
}

export interface NavigationPart {
  readonly title: string;
  readonly groups: readonly NavigationGroup[];
}

const INDEX = 'docs/README.md';

/** The parts and groups of docs/README.md: each heading with links to documents below it; then what that leaves out. */
export function navigationOf(pages: readonly SitePage[], hasLab = false): NavigationPart[] {
  const bySource = new Map(pages.map((page) => [page.source, page]));
  const itemsOf = (sources: readonly string[]): NavigationItem[] =>
    sources.flatMap((source) => {
      const page = bySource.get(source);
      if (page === undefined) return [];
      return [{ title: page.title, href: `/${placeOf(source)}`, children: itemsOf(below(page)) }];
    });
  const lab = hasLab ? [{ title: 'The lab', href: '/lab/index.html', children: [] }] : [];
  const packages = [...bySource.keys()].filter((source) =>
    /^packages\/[^/]+\/README\.md$/.test(source),
  );
  const [, ...parts] = headings(bySource.get(INDEX)?.markdown ?? '', '## ');
  return [
    ...parts.map(({ title, text }) => ({
      title,
      groups: headings(text, '### ').map((group) => ({
        title: group.title,
        items: itemsOf(linksIn(INDEX, group.text)),
      })),
    })),
    { title: 'Packages', groups: [{ title: '', items: itemsOf(packages) }] },
    {
      title: 'More',
      groups: [{ title: '', items: [...lab, ...itemsOf([INDEX, 'CHANGELOG.md'])] }],
    },
  ]
    .map(({ title, groups }) => ({ title, groups: groups.filter(({ items }) => items.length > 0) }))
    .filter(({ groups }) => groups.length > 0);
}

/** What stands below each heading, and before the first. */
function headings(markdown: string, mark: string): { title: string; text: string }[] {
  const [before = '', ...others] = `\n${markdown}`.split(`\n${mark}`);
  return [
    { title: '', text: before },
    ...others.map((text) => {
      const end = text.indexOf('\n');
      return { title: text.slice(0, end), text: text.slice(end) };
    }),
  ];
}

/** The documents of an index, in its order: those in its folder, and in folders of that name elsewhere. */
function below({ source, markdown }: SitePage): string[] {
  if (source === INDEX || !/^docs\/.*README\.md$/.test(source)) return [];
  const name = basename(dirname(source));
  return linksIn(source, markdown).filter(
    (target) => target !== source && basename(dirname(target)) === name,
  );
}

/** Each once, in their order. */
function linksIn(source: string, text: string): string[] {
  const targets = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, href]) =>
    targetOf(source, href as string),
  );
  return [...new Set(targets)].filter((target) => target !== undefined);
}
