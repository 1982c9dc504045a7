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
    storeFields: ['href', 'heading', 'page', 'text'],
    tokenize: (text) => text.split(/[^\p{L}\p{N}]+/u).filter((word) => word !== ''),
    // `timeout` finds `connectTimeoutMs`.
    processTerm: (word) => [word, ...word.split(/(?=\p{Lu})/u)].map((part) => part.toLowerCase()),
    searchOptions: { processTerm: (word) => word.toLowerCase() },
  });
  index.addAll(globalThis.siteSections ?? []);
  const search = (words: string, combineWith: 'AND' | 'OR') =>
    index.search(words, {
      combineWith,
      prefix: true,
      fuzzy: (term) => (term.length > 4 ? 0.2 : false),
      boost: { heading: 4, page: 2 },
      boostDocument: (_id, _term, stored) => weightOf(String(stored?.['href'])),
    });
  return (words) => {
    const all = search(words, 'AND');
    return all.length > 0 ? all : search(words, 'OR');
  };
}

/** Guide and reference before records and files. */
function weightOf(href: string): number {
  if (href.startsWith('docs/decisions/')) return 0.4;
  return /^(examples|CHANGELOG)/.test(href) ? 0.3 : 1;
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

function itemOf({ href, heading, page, text, terms }: SearchResult): Node {
  const link = document.createElement('a');
  link.href = `${top}${href}`;
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
  // Letters and digits, so that none means something to a pattern.
  const pattern = new RegExp(`(${terms.join('|')})`, 'giu');
  const found = Math.max(0, text.search(pattern));
  // Whole words.
  const start = found < AROUND ? 0 : text.indexOf(' ', found - AROUND) + 1;
  const end = text.indexOf(' ', found + 2 * AROUND);
  const part = text.slice(Math.min(start, found), end < 0 ? undefined : end);
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
