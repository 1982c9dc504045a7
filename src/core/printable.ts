import { showAddress } from './showAddress.js';

/** Longer texts are cut: a server must not fill a log with one message. */
const MAX_LENGTH = 1000;

/**
 * What a terminal or a log may take for something other than text: control characters, marks that turn the direction
 * of writing or cannot be seen, halves of surrogate pairs, and separators of lines and paragraphs.
 */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** What most messages are: nothing in it is to be changed, which costs a tenth to see. */
const PLAIN = /^[\w .,:;'()-]{0,200}$/;

/** From `//`, with a scheme before it or not, to a space; what ends a sentence is not taken with it. */
const ADDRESS = /(?:(?<![\w+.-])[a-z][\w+.-]*:)?\/\/\S*[^\s.,:;!?)'"`]/gi;

/**
 * The text of an error, or anything else that others have written, as one line that any terminal and any log can take:
 * addresses in it as `showAddress` shows them, what is dangerous as `\u{…}`, what is beyond 1000 characters cut off.
 */
export function printable(text: string): string {
  if (PLAIN.test(text)) return text;
  const isLong = text.length > MAX_LENGTH;
  // Of an address that was cut in two it is not known what is secret.
  const short = isLong ? `${text.slice(0, MAX_LENGTH).replace(/\/\/\S*$/, '')} …` : text;
  return escapeControls(short.replace(ADDRESS, showAddress));
}

/** The text with all that is no character to be seen, such as an escape sequence, as `\u{…}`. */
export function escapeControls(text: string): string {
  return text.replace(UNPRINTABLE, (character) => {
    const code = character.codePointAt(0) as number;
    return `\\u{${code.toString(16).toUpperCase().padStart(2, '0')}}`;
  });
}
