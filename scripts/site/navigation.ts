import { placeOf, type SitePage, targetOf } from './pages.js';

export interface NavigationItem {
  readonly title: string;
  /** From the top of the site: `/docs/tcp.html`. */
  readonly href: string;
}

export interface NavigationPart {
  readonly title: string;
  readonly items: readonly NavigationItem[];
}

const INDEX = 'docs/README.md';

/** The parts of docs/README.md, each heading with links to documents below it; then the packages and the changelog. */
export function navigationOf(pages: readonly SitePage[]): NavigationPart[] {
  const index = pages.find(({ source }) => source === INDEX);
  if (index === undefined) throw new Error(`${INDEX} is missing`);
  const itemOf = (source: string): NavigationItem[] =>
    pages
      .filter((page) => page.source === source)
      .map(({ title }) => ({ title, href: `/${placeOf(source)}` }));
  const parts = index.markdown.split(/^## /m).slice(1);
  const others = pages
    .map(({ source }) => source)
    .filter((source) => source.startsWith('packages/'));
  return [
    ...parts.map((text) => ({
      title: text.slice(0, text.indexOf('\n')),
      items: documentsIn(text).flatMap(itemOf),
    })),
    { title: 'Packages', items: others.flatMap(itemOf) },
    { title: 'More', items: [INDEX, 'CHANGELOG.md'].flatMap(itemOf) },
  ].filter(({ items }) => items.length > 0);
}

/** In their order, each once. */
function documentsIn(text: string): string[] {
  const targets = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, href]) =>
    targetOf(INDEX, href as string),
  );
  return [...new Set(targets)].filter((target) => target !== undefined);
}
