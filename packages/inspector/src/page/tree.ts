import { html } from './elements.js';

/** More than this of one list or object is not read; the rest is counted. */
const MOST = 100;
const MOST_TEXT = 2000;

/** A value as lines: names, and values by their kind; objects fold. `changed` marks the names of the top. */
export function tree(value: unknown, changed: ReadonlySet<string> = new Set()): HTMLElement {
  const list = html('dl', { class: 'tree' });
  if (!isObject(value)) {
    list.append(html('dt', {}, ''), html('dd', {}, leaf(value)));
    return list;
  }
  const entries = Object.entries(value);
  for (const [key, inner] of entries.slice(0, MOST)) {
    const isNew = changed.has(key);
    list.append(
      html('dt', { class: isNew ? 'new' : undefined }, key),
      html(
        'dd',
        { class: isNew ? 'new' : undefined },
        isObject(inner) ? folded(inner) : leaf(inner),
      ),
    );
  }
  if (entries.length > MOST)
    list.append(html('dt'), html('dd', {}, `… ${entries.length - MOST} more`));
  if (entries.length === 0) list.append(html('dt'), html('dd', { class: 'quiet' }, 'empty'));
  return list;
}

function folded(value: object): HTMLElement {
  const size = Object.keys(value).length;
  if (size === 0) return html('span', { class: 'quiet' }, Array.isArray(value) ? '[]' : '{}');
  const name = Array.isArray(value)
    ? `${size} in a list`
    : Object.keys(value).slice(0, 4).join(', ');
  const details = html('details', { open: size <= 4 }, html('summary', {}, name));
  const fill = () => {
    if (details.open && details.children.length === 1) details.append(tree(value));
  };
  details.addEventListener('toggle', fill);
  fill();
  return details;
}

function leaf(value: unknown): HTMLElement {
  if (typeof value === 'string') {
    const text = value.length > MOST_TEXT ? `${value.slice(0, MOST_TEXT)} …` : value;
    return html('span', { class: 'string' }, text);
  }
  const kind = value === null || value === undefined ? 'nothing' : typeof value;
  return html('span', { class: kind }, String(value));
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
