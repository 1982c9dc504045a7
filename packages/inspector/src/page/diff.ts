/** One difference between two values: its path, and the values before and after; undefined for a missing value. */
export interface Difference {
  readonly path: string;
  readonly before: unknown;
  readonly after: unknown;
}

/** Maximum number of differences shown. */
const MOST = 100;
const MOST_LEVELS = 20;

/** The leaves in which two JSON values differ. */
export function differencesOf(before: unknown, after: unknown): Difference[] {
  const found: Difference[] = [];
  const compare = (a: unknown, b: unknown, path: string, level: number) => {
    if (found.length >= MOST || Object.is(a, b)) return;
    if (isObject(a) && isObject(b) && level < MOST_LEVELS) {
      for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) {
        const below = path === '' ? key : `${path}.${key}`;
        compare(ownOf(a, key), ownOf(b, key), below, level + 1);
      }
    } else if (JSON.stringify(a) !== JSON.stringify(b)) found.push({ path, before: a, after: b });
  };
  compare(before, after, '', 0);
  return found;
}

function ownOf(object: object, key: string): unknown {
  return Object.hasOwn(object, key) ? (object as Record<string, unknown>)[key] : undefined;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
