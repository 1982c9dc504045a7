import type { Named, SnapshotView } from '../protocol.js';
import { type Fields, isFields } from './frameReader.js';

/** Fields whose values a recording contains: those that `schmoozer/inspect` sends by default. */
const SHOWN = new Set(['attempt', 'epoch', 'delayMs']);
const SHOWN_OF_ERRORS = new Set(['name', 'message', 'code']);
/** Matches a plausible field name; a longer or unusual key may be data. */
const NAME = /^[A-Za-z_$][\w$]{0,39}$/;
/** Matches the replacement of an omitted value. */
const TYPE = /^\[[a-z]+\]$/;
/** Fields of a definition that contain values, or names that the app chose. */
const LITERALS = new Set(['context', 'input', 'output', 'params', 'meta', 'data']);
const MAPS = new Set(['states', 'on', 'after']);

/** An event with its type and the fields that a recording contains. */
export function redactedEvent(event: Named): Named {
  return { ...(shown(event, SHOWN) as Fields), type: event.type };
}

export function redactedSnapshot({ status, value, tags, ...data }: SnapshotView): SnapshotView {
  const names = { context: SHOWN, output: new Set<string>(), error: SHOWN_OF_ERRORS };
  return {
    ...(status !== undefined && { status }),
    ...(value !== undefined && { value }),
    ...(tags !== undefined && { tags }),
    ...Object.fromEntries(
      Object.entries(names).flatMap(([name, allowed]) => {
        const given = (data as Fields)[name];
        return given === undefined ? [] : [[name, shown(given, allowed)]];
      }),
    ),
  };
}

/** A definition without its values, which `@statelyai/inspect` sends. */
export function redactedDefinition(definition: string | null): string | undefined {
  if (definition === null) return undefined;
  try {
    return JSON.stringify(withoutLiterals(JSON.parse(definition), false));
  } catch {
    return undefined;
  }
}

function withoutLiterals(value: unknown, isMap: boolean): unknown {
  if (Array.isArray(value)) return value.map((item) => withoutLiterals(item, false));
  if (!isFields(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      !isMap && LITERALS.has(key)
        ? typeName(inner)
        : withoutLiterals(inner, !isMap && MAPS.has(key)),
    ]),
  );
}

function shown(value: unknown, allowed: ReadonlySet<string>): unknown {
  if (!isFields(value)) return typeName(value);
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => NAME.test(key))
      .map(([key, inner]) => {
        if (allowed.has(key) && !isObject(inner)) return [key, masked(inner)];
        // Contexts and events may contain errors, too; these have a name or a message.
        return [key, isError(inner) ? shown(inner, SHOWN_OF_ERRORS) : typeName(inner)];
      }),
  );
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function isError(value: unknown): boolean {
  return (
    isFields(value) && typeof value['name'] === 'string' && typeof value['message'] === 'string'
  );
}

function typeName(value: unknown): string {
  if (typeof value === 'string' && TYPE.test(value)) return value;
  if (value === null) return '[null]';
  return Array.isArray(value) ? '[array]' : `[${typeof value}]`;
}

/** Removes what looks like a secret: messages quote addresses and headers. */
function masked(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  return value
    .replaceAll(/\/\/[^/\s@]*@/g, '//…@')
    .replaceAll(/\?\S*/g, '?…')
    .replaceAll(
      /\b(bearer|basic|password|passwd|secret|token|api[-_]?key)(\s*[=:]\s*|\s+)\S+/gi,
      '$1$2…',
    )
    .replaceAll(/[\w+/=-]{24,}/g, '…');
}
