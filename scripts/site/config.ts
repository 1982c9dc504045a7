// Why: docs/decisions/0103-pages-that-open-from-disk.md
import { defineConfigWithTheme } from 'vitepress';
import { hasLab } from './lab.js';
import { linkTo } from './linkTo.js';
import { navigationOf, type NavigationPart } from './navigation.js';
import { pagesOf, placeOf } from './pages.js';
import { staged } from './root.js';

/** What the theme is given. */
export interface SiteTheme {
  readonly parts: readonly NavigationPart[];
  readonly hasLab: boolean;
}

const pages = pagesOf();
const sources = new Map(pages.map(({ source }) => [placeOf(source), source]));

/** Finished pages, without a program of Vue: they open from disk. */
export default defineConfigWithTheme<SiteTheme>({
  title: 'schmoozer',
  description: 'Keeps a connection alive',
  lang: 'en',
  mpa: true,
  srcDir: staged,
  head: [
    ['link', { rel: 'icon', href: 'data:,' }],
    ['script', { defer: '', src: '/site.js' }],
  ],
  themeConfig: { parts: navigationOf(pages, hasLab()), hasLab: hasLab() },
  markdown: {
    headers: { level: [2, 3], slugify: anchorOf },
    anchor: { slugify: anchorOf },
    config(markdown) {
      // Every link of a document leads to a page of the site, or out of it.
      markdown.renderer.rules['link_open'] = (tokens, index, options, env, self) => {
        const token = tokens[index];
        const { relativePath } = env as { relativePath: string };
        const source = sources.get(relativePath.replace(/\.md$/, '.html'));
        if (token === undefined || source === undefined) throw new Error(`what is ${relativePath}`);
        token.attrSet('href', linkTo(source, token.attrGet('href') ?? '', sources));
        return self.renderToken(tokens, index, options);
      };
    },
  },
  transformHtml: (html, _id, { page }) => relativeTo(page, withLargePictures(html)),
});

/** As GitHub makes them: lower case, spaces to hyphens, punctuation dropped. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}_\s-]/gu, '')
    .trim()
    .replaceAll(/\s/g, '-');
}

/** A picture leads to its file, where it has its own size. */
function withLargePictures(html: string): string {
  return html.replaceAll(
    /<img [^>]*?src="(\/[^"]+)"[^>]*>/g,
    '<a class="picture" href="$1">$&</a>',
  );
}

/** Addresses from the top of the site, as a page on a disk must have them. */
function relativeTo(page: string, html: string): string {
  const up = '../'.repeat(page.split('/').length - 1) || './';
  return html.replaceAll(/(<[^>]*? (?:href|src)=")\//g, `$1${up}`);
}
