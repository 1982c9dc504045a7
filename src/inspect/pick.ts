import { unmark } from '../core/errors.js';
import { printable } from '../core/printable.js';
import { Thrown } from '../core/thrown.js';
import type { Settings } from './options.js';

/** Maximum number of fields read from one object. */
const MAX_FIELDS = 50;
/** Maximum number of characters sent of one string. */
const MAX_LENGTH = 1000;
/** Matches a plausible field name; a longer or unusual key may be data, such as a token. */
const NAME = /^[A-Za-z_$][\w$]{0,39}$/;

export type Fields = Record<string, unknown>;
type Allow = Settings['allow'];

/** The replacement of a value that is not sent. */
export function typeName(value: unknown): string {
  if (value === null) return '[null]';
  return Array.isArray(value) ? '[array]' : `[${typeof value}]`;
}

/**
 * Picks the named fields that hold a plain value; the others are replaced by their type. It calls neither getters nor
 * `toJSON`, and reads nothing below the first level, except the fields of errors.
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

/** Returns the allowed fields of a thrown value. */
export function pickError(error: unknown, allow: Allow): Fields | string {
  return pick(unmark(error), allow.error, allow);
}

/** Returns the result of `look`, or the fallback if it throws, as a Proxy may. */
export function tryOr<T, F>(look: () => T, fallback: F): T | F {
  try {
    return look();
  } catch {
    return fallback;
  }
}

/** Cuts the text to the length that is sent. */
export function cut(text: string): string {
  return text.length > MAX_LENGTH ? `${text.slice(0, MAX_LENGTH)}…` : text;
}

/** Returns the value of an own property that is not a getter. */
export function ownValue(object: object, key: string): unknown {
  const found = ownField(object, key);
  return typeof found === 'object' ? found.value : found;
}

/** A field's value, or a marker for a getter, which is not called. */
type Found = { readonly value: unknown } | '[getter]';

function ownField(object: object, key: string): Found | undefined {
  const descriptor = Object.getOwnPropertyDescriptor(object, key);
  if (descriptor === undefined) return undefined;
  return 'value' in descriptor ? { value: descriptor.value as unknown } : '[getter]';
}

/** Reads a field; for errors also inherited fields, such as `name`. */
function field(object: object, name: string): Found | undefined {
  const found = ownField(object, name);
  if (found !== undefined || !(object instanceof Error)) return found;
  return field(Object.getPrototypeOf(object) as object, name);
}

/** Returns an error's allowed fields; for any other value its type. */
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
      // Stops here: an error may be its own cause.
      picked[name] = text === undefined ? '[object]' : text;
    }
    return picked;
  }, '[unreadable]');
}

function isError(value: unknown): value is object {
  return value instanceof Error || value instanceof Thrown;
}

/**
 * Returns the plain value of a named field; undefined if it has none. An error's texts are foreign, so they are made
 * printable.
 */
function plain(found: Found, isOfError: boolean): string | number | boolean | null | undefined {
  if (typeof found !== 'object') return found;
  const { value } = found;
  if (value === null || typeof value === 'boolean') return value;
  if (typeof value === 'string') return isOfError ? printable(value) : cut(value);
  // JSON has no representation of Infinity.
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  return undefined;
}
