import { Content, useData } from 'vitepress';
import { defineComponent, h, type VNode } from 'vue';
import type { SiteTheme } from '../config.js';
import type { NavigationItem, NavigationPart } from '../navigation.js';

/** A page: the bar, the navigation, the document, its headings. What moves is in `page/main.ts`. */
export const Layout = defineComponent({
  setup() {
    const { page, theme } = useData<SiteTheme>();
    return () => {
      const here = `/${page.value.relativePath.replace(/\.md$/, '.html')}`;
      const { parts, hasLab } = theme.value;
      const headings = page.value.headers;
      return [
        h('a', { class: 'skip', href: '#content' }, 'To the text'),
        bar(parts, hasLab),
        h('div', { class: 'columns' }, [
          h(
            'nav',
            { class: 'sidebar', id: 'sidebar', 'aria-label': 'Pages' },
            sidebar(parts, here),
          ),
          h('main', { id: 'content' }, [
            headings.length > 1 &&
              h('details', { class: 'outline-above' }, [
                h('summary', 'On this page'),
                outline(headings),
              ]),
            h(Content, { class: 'vp-doc' }),
            pager(parts, here),
          ]),
          h('nav', { class: 'outline', 'aria-label': 'On this page' }, outline(headings)),
        ]),
      ];
    };
  },
});

function bar(parts: readonly NavigationPart[], hasLab: boolean): VNode {
  const button = (name: string, label: string, ...inside: VNode[]) =>
    h('button', { type: 'button', class: name, 'aria-label': label, title: label }, inside);
  return h('header', { class: 'bar' }, [
    button('menu', 'Pages', icon('M4 6h16M4 12h16M4 18h16')),
    h('a', { class: 'name', href: '/index.html' }, 'schmoozer'),
    h('nav', { class: 'parts', 'aria-label': 'Parts' }, [
      ...parts.slice(0, 3).map((part) => h('a', { href: itemsOf(part)[0]?.href }, part.title)),
      hasLab && h('a', { href: '/lab/index.html' }, 'Lab'),
    ]),
    button(
      'search',
      'Search',
      icon('M11 4a7 7 0 1 0 0 14 7 7 0 0 0 0-14zM16 16l5 5'),
      h('span', 'Search'),
      h('kbd', '/'),
    ),
    button('appearance', 'Light or dark', icon('M12 3a9 9 0 1 0 9 9 7 7 0 0 1-9-9z')),
  ]);
}

function sidebar(parts: readonly NavigationPart[], here: string): VNode[] {
  return parts.map(({ title, groups }) =>
    h('section', [
      h('h2', title),
      ...groups.flatMap((group) => [
        group.title !== '' && h('h3', group.title),
        list(group.items, here),
      ]),
    ]),
  );
}

/** What an index leads to is shown where the reader is. */
function list(items: readonly NavigationItem[], here: string): VNode {
  return h(
    'ul',
    items.map(({ title, href, children }) => {
      const isInside = href === here || children.some((child) => child.href === here);
      return h('li', [
        h('a', { href, 'aria-current': href === here ? 'page' : undefined }, title),
        children.length > 0 && isInside && list(children, here),
      ]);
    }),
  );
}

interface Heading {
  readonly title: string;
  readonly slug: string;
  readonly children?: readonly Heading[];
}

function outline(headings: readonly Heading[]): VNode {
  return h(
    'ul',
    headings.map(({ title, slug, children = [] }) =>
      h('li', [
        h('a', { href: `#${slug}`, innerHTML: title }),
        children.length > 0 && outline(children),
      ]),
    ),
  );
}

/** The neighbours within the part that has the page first. */
function pager(parts: readonly NavigationPart[], here: string): VNode | undefined {
  const items = parts.map(itemsOf).find((all) => all.some(({ href }) => href === here)) ?? [];
  const at = items.findIndex(({ href }) => href === here);
  const [before, after] = [items[at - 1], at < 0 ? undefined : items[at + 1]];
  if (before === undefined && after === undefined) return undefined;
  return h('nav', { class: 'pager', 'aria-label': 'Neighbours' }, [
    before && h('a', { href: before.href, rel: 'prev' }, `← ${before.title}`),
    after && h('a', { href: after.href, rel: 'next' }, `${after.title} →`),
  ]);
}

/** All pages of a part, in their order. */
function itemsOf({ groups }: NavigationPart): NavigationItem[] {
  return groups.flatMap(({ items }) => items.flatMap((item) => [item, ...item.children]));
}

function icon(path: string): VNode {
  return h('svg', { viewBox: '0 0 24 24', 'aria-hidden': 'true' }, [h('path', { d: path })]);
}
