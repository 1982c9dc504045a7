import { cutText } from './cut.js';

const MOST = 100;
/**
 * C0, DEL, C1, bidi marks, line separators and halves of surrogate pairs, which affect or break a terminal or a log.
 */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu;

/** Makes foreign text safe for a terminal or a log. */
export function printable(text: string): string {
  return text.replace(UNSAFE, (character) => {
    const code = (character.codePointAt(0) ?? 0).toString(16);
    return code.length > 4 ? `\\u{${code}}` : `\\u${code.padStart(4, '0')}`;
  });
}

/** Formats a value for an error's message, in at most a line. */
export function shown(value: unknown): string {
  if (typeof value === 'string') {
    const text = value.length > MOST ? `${cutText(value, MOST)}…` : value;
    return `"${printable(text)}"`;
  }
  return typeof value === 'number' || typeof value === 'boolean' || value === null
    ? String(value)
    : typeof value;
}
