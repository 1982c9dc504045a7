import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseHTML } from 'linkedom';

/** What a search can find: the text below a heading, or a row of a table that explains a name. */
export interface Section {
  readonly id: number;
  /** From the top of the site, with the anchor of the heading. */
  readonly href: string;
  readonly page: string;
  readonly heading: string;
  readonly text: string;
}

/** The sections of pages that are built. */
export function sectionsOf(outDir: string, places: readonly string[]): Section[] {
  return places
    .flatMap((place) => sectionsIn(outDir, place))
    .map((section, id) => ({ ...section, id }));
}

function sectionsIn(outDir: string, place: string): Omit<Section, 'id'>[] {
  const { document } = parseHTML(readFileSync(join(outDir, place), 'utf8'));
  const page = textOf(document.querySelector('main h1'));
  const sections: { href: string; page: string; heading: string; texts: string[] }[] = [];
  const rows: Omit<Section, 'id'>[] = [];
  for (const element of document.querySelectorAll('main .vp-doc > div > *')) {
    if (/^H[1-3]$/.test(element.tagName)) {
      const href = element.tagName === 'H1' ? place : `${place}#${element.id}`;
      sections.push({ href, page, heading: textOf(element), texts: [] });
      continue;
    }
    const section = sections.at(-1);
    if (section === undefined) continue;
    for (const row of element.querySelectorAll('tr:has(td:first-child > code:only-child)')) {
      const [name, ...cells] = [...row.children].map(textOf);
      rows.push({ href: section.href, page, heading: name ?? '', text: cells.join(' · ') });
      row.remove();
    }
    section.texts.push(textOf(element));
  }
  return [
    ...sections.map(({ texts, ...section }) => ({ ...section, text: texts.join(' ') })),
    ...rows,
  ];
}

function textOf(element: Element | null): string {
  if (element === null) return '';
  for (const other of element.querySelectorAll('.header-anchor, button, .lang')) other.remove();
  // Cells and lines would run into each other.
  for (const cell of element.querySelectorAll('td, th, li, p')) cell.append(' ');
  return (element.textContent ?? '').replaceAll(/[\s\u200b]+/g, ' ').trim();
}
