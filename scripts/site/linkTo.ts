import { placeOf, targetOf } from './pages.js';

/** The address of a link, from the top of the site where it leads to a page; throws for one that leads nowhere. */
export function linkTo(source: string, href: string, sources: ReadonlyMap<string, string>): string {
  if (/^([a-z]+:|#)/.test(href)) return href;
  const target = targetOf(source, href);
  const place = target === undefined ? '' : placeOf(target);
  if (!sources.has(place)) throw new Error(`${source} links to ${href}, which is no page`);
  const [, anchor] = /(#.*)$/.exec(href) ?? [];
  return `/${place}${anchor ?? ''}`;
}
