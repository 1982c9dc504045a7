import { showAddress } from './showAddress.js';

/** Longer texts are cut, so that a server cannot fill a log with one message. */
const MAX_LENGTH = 1000;

/**
 * Matches characters that a terminal or a log may not treat as text: control characters, marks that change the writing
 * direction or are invisible, halves of surrogate pairs, and separators of lines and paragraphs.
 */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** Matches most messages: they need no change, and this check costs a tenth of the full one. */
const PLAIN = /^[\w .,:;'()-]{0,200}$/;

/** From `//`, with or without a scheme before it, to a space; punctuation at the end is excluded. */
const ADDRESS = /(?:(?<![\w+.-])[a-z][\w+.-]*:)?\/\/\S*[^\s.,:;!?)'"`]/gi;

/**
 * Makes the text of an error, or any other foreign text, safe for one line of a terminal or a log. Addresses appear as
 * `showAddress` shows them, dangerous characters as `\u{…}`; everything beyond 1000 characters is cut off.
 */
export function printable(text: string): string {
  if (PLAIN.test(text)) return text;
  const isLong = text.length > MAX_LENGTH;
  // In an address that was cut in two, the secret part cannot be recognised.
  const short = isLong ? `${text.slice(0, MAX_LENGTH).replace(/\/\/\S*$/, '')} …` : text;
  return escapeControls(short.replace(ADDRESS, showAddress));
}

/** Writes invisible characters, such as escape sequences, as `\u{…}`. */
export function escapeControls(text: string): string {
  return text.replace(UNPRINTABLE, (character) => {
    const code = character.codePointAt(0) as number;
    return `\\u{${code.toString(16).toUpperCase().padStart(2, '0')}}`;
  });
}
