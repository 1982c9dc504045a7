import { unmark } from '../core/errors.js';
import { printable } from '../core/printable.js';
import { Thrown } from '../core/thrown.js';
import type { Settings } from './options.js';

/** Fields of one object that are looked at. */
const MAX_FIELDS = 50;
/** Characters of one string that are sent. */
const MAX_LENGTH = 1000;
/** What looks like the name of a field; a longer or stranger key may be data, a token say. */
const NAME = /^[A-Za-z_$][\w$]{0,39}$/;

export type Fields = Record<string, unknown>;
type Allow = Settings['allow'];

/** What stands for a value that is not sent. */
export function typeName(value: unknown): string {
  if (value === null) return '[null]';
  return Array.isArray(value) ? '[array]' : `[${typeof value}]`;
}

/**
 * The fields that are named and hold a plain value; the others are replaced by their type. No getter is
 * called, no `toJSON` asked, and nothing below the first level is looked at, except that errors are picked
 * from, too.
 */
export function pick(value: unknown, names: readonly string[], allow: Allow): Fields | string {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return typeName(value);
  const picked = {} as Fields;
  for (const key of Object.keys(value).slice(0, MAX_FIELDS)) {
    if (NAME.test(key)) picked[key] = shown(ownField(value, key), allow);
  }
  for (const name of names) {
    const found = field(value, name);
    if (found === undefined) continue;
    const text = plain(found, isError(value));
    picked[name] = text === undefined ? shown(found, allow) : text;
  }
  return picked;
}

/** What was thrown, as its allowed fields. */
export function pickError(error: unknown, allow: Allow): Fields | string {
  return pick(unmark(error), allow.error, allow);
}

/** What a look at something comes to, or what stands for it when looking throws: a Proxy may. */
export function tryOr<T, F>(look: () => T, fallback: F): T | F {
  try {
    return look();
  } catch {
    return fallback;
  }
}

/** The text, or as much of it as is sent. */
export function cut(text: string): string {
  return text.length > MAX_LENGTH ? `${text.slice(0, MAX_LENGTH)}…` : text;
}

/** The value of a field that is no getter. */
export function ownValue(object: object, key: string): unknown {
  const found = ownField(object, key);
  return typeof found === 'object' ? found.value : found;
}

/** A field's value, or that it has a getter, which is not called. */
type Found = { readonly value: unknown } | '[getter]';

function ownField(object: object, key: string): Found | undefined {
  const descriptor = Object.getOwnPropertyDescriptor(object, key);
  if (descriptor === undefined) return undefined;
  return 'value' in descriptor ? { value: descriptor.value as unknown } : '[getter]';
}

/** Of an error also what it inherits, as its `name`. */
function field(object: object, name: string): Found | undefined {
  const found = ownField(object, name);
  if (found !== undefined || !(object instanceof Error)) return found;
  return field(Object.getPrototypeOf(object) as object, name);
}

/** An error as its allowed fields, anything else as its type. */
function shown(found: Found | undefined, allow: Allow): unknown {
  if (typeof found !== 'object') return found;
  const { value } = found;
  return tryOr(() => {
    if (!isError(value)) return typeName(value);
    const picked = {} as Fields;
    for (const name of allow.error) {
      const inner = field(value, name);
      if (inner === undefined) continue;
      const text = plain(inner, true);
      // No deeper: an error may be its own cause.
      picked[name] = text === undefined ? '[object]' : text;
    }
    return picked;
  }, '[unreadable]');
}

function isError(value: unknown): value is object {
  return value instanceof Error || value instanceof Thrown;
}

/** What a named field may show; undefined if it holds nothing plain. What an error says, others have written. */
function plain(found: Found, isOfError: boolean): string | number | boolean | null | undefined {
  if (typeof found !== 'object') return found;
  const { value } = found;
  if (value === null || typeof value === 'boolean') return value;
  if (typeof value === 'string') return isOfError ? printable(value) : cut(value);
  // JSON has no word for Infinity.
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  return undefined;
}
