import { printable } from '../core/printable.js';

const MAX_KEYS = 1000;

const shown = new Map<string, string>();

/** Returns the printable key of a limiter. Results are stored, because the few keys are shown with every message. */
export function shownKey(key: string): string {
  const known = shown.get(key);
  if (known !== undefined) return known;
  if (shown.size >= MAX_KEYS) shown.clear();
  const made = printable(key);
  shown.set(key, made);
  return made;
}
