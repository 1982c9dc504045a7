import MiniSearch, { type SearchResult } from 'minisearch';
import type { Section } from '../sections.js';

declare global {
  // What `search.js` says.
  var siteSections: readonly Section[] | undefined;
}

/** The top of the site, wherever it lies. */
const top = new URL('.', (document.currentScript as HTMLScriptElement).src).href;
const MAX_RESULTS = 20;
/** Letters of the text that are shown around the first word that was found. */
const AROUND = 70;

let dialog: HTMLDialogElement | undefined;

/** Shows the field for the search, made when it is first asked for. */
export function openSearch(): void {
  dialog ??= makeDialog();
  if (!dialog.open) dialog.showModal();
  dialog.querySelector('input')?.select();
}

function makeDialog(): HTMLDialogElement {
  const made = document.createElement('dialog');
  made.className = 'finder';
  made.setAttribute('aria-label', 'Search');
  const input = document.createElement('input');
  Object.assign(input, { type: 'search', placeholder: 'Search', autocomplete: 'off' });
  input.setAttribute('aria-label', 'Search');
  const list = document.createElement('div');
  list.setAttribute('aria-live', 'polite');
  made.append(input, list);
  document.body.append(made);

  const index = loadIndex();
  const show = async () => {
    const find = await index;
    list.replaceChildren(...resultsOf(find, input.value.trim()));
  };
  input.addEventListener('input', () => void show());
  made.addEventListener('keydown', (event) => move(event, made));
  made.addEventListener('click', (event) => {
    // Beside it, or on a place of this very page.
    if (event.target === made || (event.target as Element).closest('a')) made.close();
  });
  return made;
}

type Find = (words: string) => SearchResult[];

async function loadIndex(): Promise<Find> {
  const script = document.createElement('script');
  script.src = `${top}search.js`;
  const loaded = new Promise((resolve, reject) => {
    script.addEventListener('load', resolve);
    script.addEventListener('error', reject);
  });
  document.head.append(script);
  await loaded;
  const index = new MiniSearch<Section>({
    fields: ['heading', 'page', 'text'],
    storeFields: ['heading', 'page', 'text'],
  });
  index.addAll(globalThis.siteSections ?? []);
  return (words) =>
    index.search(words, {
      combineWith: 'AND',
      prefix: true,
      fuzzy: (term) => (term.length > 4 ? 0.2 : false),
      boost: { heading: 4, page: 2 },
      boostDocument: (id) => weightOf(String(id)),
    });
}

/** Guide and reference before records and files. */
function weightOf(id: string): number {
  if (/^docs\/decisions\//.test(id)) return 0.4;
  return /^(examples|CHANGELOG)/.test(id) ? 0.3 : 1;
}

function resultsOf(find: Find, words: string): Node[] {
  if (words === '') return [];
  const results = find(words).slice(0, MAX_RESULTS);
  if (results.length === 0) {
    const none = document.createElement('p');
    none.textContent = 'Nothing found.';
    return [none];
  }
  const list = document.createElement('ul');
  list.append(...results.map(itemOf));
  return [list];
}

function itemOf({ id, heading, page, text, terms }: SearchResult): Node {
  const link = document.createElement('a');
  link.href = `${top}${id}`;
  const where = document.createElement('strong');
  where.textContent = heading === page ? page : `${page} › ${heading}`;
  const excerpt = document.createElement('small');
  excerpt.append(...excerptOf(String(text), terms));
  link.append(where, excerpt);
  const item = document.createElement('li');
  item.append(link);
  return item;
}

/** The text around the first of the terms, which are marked. */
function excerptOf(text: string, terms: readonly string[]): (string | Node)[] {
  const escaped = terms.map((term) => term.replaceAll(/[^\p{L}\p{N}]/gu, String.raw`\$&`));
  const pattern = new RegExp(`(${escaped.join('|')})`, 'giu');
  const at = Math.max(0, text.search(pattern));
  const part = text.slice(Math.max(0, at - AROUND), at + 2 * AROUND);
  // Every other piece is what the pattern has matched.
  return part.split(pattern).map((piece, i) => {
    if (i % 2 === 0) return piece;
    const mark = document.createElement('mark');
    mark.textContent = piece;
    return mark;
  });
}

/** Arrows go through the results. */
function move(event: KeyboardEvent, made: HTMLDialogElement): void {
  const step = { ArrowDown: 1, ArrowUp: -1, Enter: 0 }[event.key];
  if (step === undefined) return;
  const stops = [...made.querySelectorAll<HTMLElement>('input, a')];
  const at = stops.indexOf(document.activeElement as HTMLElement);
  if (event.key === 'Enter') {
    if (at === 0) stops[1]?.click();
    return;
  }
  event.preventDefault();
  stops[(at + step + stops.length) % stops.length]?.focus();
}
