import { measure } from './measure.js';
import type { Note } from './overview.js';

/** A line of text, and the note that it is of. */
export interface Text {
  readonly x: number;
  readonly y: number;
  readonly text: string;
  readonly note: Note;
}

const LINE = 15;
/** The most that a line takes; what is longer is broken. */
const LONGEST = 215;
/** The lines that follow a broken one stand back. */
const HANGING = 12;

/** Notes as lines at a place, where the first of them stands. */
export function linesOf(notes: readonly Note[], x: number, y: number): Text[] {
  const lines = notes.flatMap((note) =>
    broken(note.text).map((text, i) => ({ text, note, x: i === 0 ? x : x + HANGING })),
  );
  return lines.map((line, i) => ({ ...line, y: y + i * LINE }));
}

export function heightOf(notes: readonly Note[]): number {
  return linesOf(notes, 0, 0).length * LINE;
}

export function widthOf(notes: readonly Note[]): number {
  return Math.max(0, ...linesOf(notes, 0, 0).map(({ x, text }) => x + measure(text, 'line')));
}

/** At spaces. */
function broken(text: string): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const longer = `${lines.at(-1)} ${word}`;
    if (lines.length > 0 && measure(longer, 'line') <= LONGEST) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}
