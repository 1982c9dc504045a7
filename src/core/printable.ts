/** Longer texts are cut: a server must not fill a log with one message. */
const MAX_LENGTH = 1000;

/**
 * What a terminal or a log may take for something other than text: control characters, marks that turn the direction
 * of writing or cannot be seen, halves of surrogate pairs, and separators of lines and paragraphs.
 */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** The text in one line that any terminal or log can take: what is dangerous as `\u{…}`, the end cut off. */
export function printable(text: string): string {
  const short = text.length > MAX_LENGTH ? `${text.slice(0, MAX_LENGTH)} …` : text;
  return short.replace(UNPRINTABLE, (character) => {
    const code = character.codePointAt(0) as number;
    return `\\u{${code.toString(16).toUpperCase().padStart(2, '0')}}`;
  });
}
