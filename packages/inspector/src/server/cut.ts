import type { Limits } from './limits.js';

/** Copies the beginning of a text: a slice would keep the whole text in memory. */
export function cutText(text: string, most: number): string {
  if (text.length <= most) return text;
  return Buffer.from(text.slice(0, most), 'utf16le').toString('utf16le');
}

/** Memory size of a text: one byte for each character if all of them are below U+0100, else two. */
export function bytesOf(text: string): number {
  return /[^\0-\u00ff]/.test(text) ? text.length * 2 : text.length;
}

/** Limits on the stored part of a value. */
export type Room = Pick<Limits, 'depth' | 'textCharacters'> & {
  readonly values: number;
  readonly characters: number;
};

/** Memory size of a number, a comma or the quotes of a text, in bytes. */
const OVERHEAD = 4;

/**
 * Copies values of JSON.parse until the limits are reached. Omitted parts are replaced by a text that says so, in
 * ASCII, because one other character doubles the memory of a text. The keys `__proto__` and `constructor` are treated
 * like any other.
 */
export class Cutter {
  readonly #room: Room;
  #values: number;
  #characters: number;
  /** True if anything was omitted. */
  isCut = false;

  constructor(room: Room) {
    this.#room = room;
    this.#values = room.values;
    this.#characters = room.characters;
  }

  copy(value: unknown, depth = 0): unknown {
    this.#values -= 1;
    this.#characters -= OVERHEAD;
    if (typeof value === 'string') return this.#text(value);
    if (typeof value !== 'object' || value === null) return value;
    if (depth >= this.#room.depth) return this.#mark(`deeper than ${this.#room.depth} levels`);
    return Array.isArray(value) ? this.#list(value, depth + 1) : this.#object(value, depth + 1);
  }

  #list(list: readonly unknown[], depth: number): unknown[] {
    const copies: unknown[] = [];
    for (const item of list) {
      if (this.#isFull()) {
        copies.push(this.#mark(`${list.length - copies.length} more`));
        break;
      }
      copies.push(this.copy(item, depth));
    }
    return copies;
  }

  #object(value: object, depth: number): object {
    const keys = Object.keys(value);
    const copies: [string, unknown][] = [];
    for (const key of keys) {
      if (this.#isFull()) {
        copies.push(['...', this.#mark(`${keys.length - copies.length} more`)]);
        break;
      }
      const name = this.#text(key);
      copies.push([name, this.copy((value as Record<string, unknown>)[key], depth)]);
    }
    // Unlike an assignment, this creates an own field `__proto__`.
    return Object.fromEntries(copies);
  }

  #text(text: string): string {
    const most = Math.max(0, Math.min(this.#room.textCharacters, this.#characters));
    this.#characters -= Math.min(text.length, most);
    if (text.length <= most) return text;
    return `${cutText(text, most)} ${this.#mark(`${text.length - most} characters more`)}`;
  }

  #isFull(): boolean {
    return this.#values <= 0 || this.#characters <= 0;
  }

  #mark(what: string): string {
    this.isCut = true;
    return `[left out: ${what}]`;
  }
}

/** The size of the content of a JSON text. */
export interface Extent {
  /** At least the actual number. */
  readonly values: number;
  readonly depth: number;
}

/**
 * Estimates the content of a JSON text before it is parsed: a short text of empty lists becomes objects of twenty times
 * its size. Undefined when it contains more values than the limit.
 */
export function extentOf(json: string, mostValues: number): Extent | undefined {
  let values = 1;
  let level = 0;
  let depth = 0;
  for (let i = 0; i < json.length; i++) {
    const code = json.charCodeAt(i);
    if (code === QUOTE) i = endOfText(json, i);
    else if (code === BRACE_END || code === BRACKET_END) level -= 1;
    else if (code === BRACE || code === BRACKET || code === COMMA) {
      if (code !== COMMA) depth = Math.max(depth, ++level);
      values += 1;
      if (values > mostValues) return undefined;
    }
  }
  return { values, depth };
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const BRACKET_END = 0x5d;
const BRACE = 0x7b;
const BRACE_END = 0x7d;

/** The position of the quotation mark that ends a text: the next one after an even number of backslashes. */
function endOfText(json: string, start: number): number {
  let end = json.indexOf('"', start + 1);
  while (end >= 0) {
    let before = end - 1;
    while (json.charCodeAt(before) === BACKSLASH) before -= 1;
    if ((end - before) % 2 === 1) return end;
    end = json.indexOf('"', end + 1);
  }
  return json.length;
}
