import { short } from './definition/fields.js';
import { html } from './elements.js';

/** Maximum number of entries shown of one list or object; the rest is counted. */
const MOST = 100;
const MOST_TEXT = 2000;
const MOST_NAME = 200;
/** Deeper levels open only at a click. */
const OPEN_LEVELS = 6;
/** Browsers do not render hundreds of nested boxes. */
const MOST_LEVELS = 60;

/**
 * Shows a value as lines with names and typed values; objects can be folded. `changed` marks names at the top level.
 */
export function tree(
  value: unknown,
  changed: ReadonlySet<string> = new Set(),
  level = 0,
): HTMLElement {
  const list = html('dl', { class: 'tree' });
  if (!isObject(value)) {
    list.append(html('dt', {}, ''), html('dd', {}, leaf(value)));
    return list;
  }
  const entries = Object.entries(value);
  for (const [key, inner] of entries.slice(0, MOST)) {
    const isNew = changed.has(key);
    list.append(
      html('dt', { class: isNew ? 'new' : undefined }, short(key, MOST_NAME)),
      html(
        'dd',
        { class: isNew ? 'new' : undefined },
        isObject(inner) ? folded(inner, level + 1) : leaf(inner),
      ),
    );
  }
  if (entries.length > MOST)
    list.append(html('dt'), html('dd', {}, `… ${entries.length - MOST} more`));
  if (entries.length === 0) list.append(html('dt'), html('dd', { class: 'quiet' }, 'empty'));
  return list;
}

function folded(value: object, level: number): HTMLElement {
  const size = Object.keys(value).length;
  if (size === 0) return html('span', { class: 'quiet' }, Array.isArray(value) ? '[]' : '{}');
  if (level > MOST_LEVELS)
    return html('span', { class: 'quiet' }, `deeper than ${MOST_LEVELS} levels`);
  const keys = Object.keys(value).slice(0, 4);
  const name = Array.isArray(value) ? `${size} in a list` : short(keys.join(', '), MOST_NAME);
  const isOpen = size <= 4 && level < OPEN_LEVELS;
  const details = html('details', { open: isOpen }, html('summary', {}, name));
  const fill = () => {
    if (details.open && details.children.length === 1) {
      details.append(tree(value, undefined, level));
    }
  };
  details.addEventListener('toggle', fill);
  fill();
  return details;
}

function leaf(value: unknown): HTMLElement {
  if (typeof value === 'string') {
    return html('span', { class: 'string' }, short(value, MOST_TEXT));
  }
  const kind = value === null || value === undefined ? 'nothing' : typeof value;
  return html('span', { class: kind }, String(value));
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
