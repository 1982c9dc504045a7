import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseHTML } from 'linkedom';

/** What a search can find: the text below one heading. */
export interface Section {
  /** From the top of the site, with the anchor of the heading. */
  readonly id: string;
  readonly page: string;
  readonly heading: string;
  readonly text: string;
}

/** The sections of a page that is built. */
export function sectionsOf(outDir: string, place: string): Section[] {
  const { document } = parseHTML(readFileSync(join(outDir, place), 'utf8'));
  const content = document.querySelector('main .vp-doc > div');
  const page = textOf(document.querySelector('main h1'));
  const sections: { id: string; page: string; heading: string; texts: string[] }[] = [];
  for (const element of content?.children ?? []) {
    if (/^H[1-3]$/.test(element.tagName)) {
      const id = element.tagName === 'H1' ? place : `${place}#${element.id}`;
      sections.push({ id, page, heading: textOf(element), texts: [] });
    } else sections.at(-1)?.texts.push(textOf(element));
  }
  return sections.map(({ texts, ...section }) => ({ ...section, text: texts.join(' ') }));
}

function textOf(element: Element | null): string {
  if (element === null) return '';
  for (const other of element.querySelectorAll('.header-anchor, button, .lang')) other.remove();
  // Cells and lines would run into each other.
  for (const cell of element.querySelectorAll('td, th, li, p')) cell.append(' ');
  return (element.textContent ?? '').replaceAll(/[\s\u200b]+/g, ' ').trim();
}
