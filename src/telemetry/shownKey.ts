import { printable } from '../core/printable.js';

const MAX_KEYS = 1000;

const shown = new Map<string, string>();

/** The key of a limiter, as it may be shown: with each message there are few of them, again and again. */
export function shownKey(key: string): string {
  const known = shown.get(key);
  if (known !== undefined) return known;
  if (shown.size >= MAX_KEYS) shown.clear();
  const made = printable(key);
  shown.set(key, made);
  return made;
}
