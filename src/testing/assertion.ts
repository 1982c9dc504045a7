/** Sufficient depth for display; an object that contains itself has no end. */
const MAX_DEPTH = 8;

/** Matches a line of a stack with a position in a file; Firefox and Safari write `name@place`. */
const PLACE = /(?:\(|@|at (?:async )?)((?:file:|https?:|\/|[a-z]:[\\/]).*:\d+:\d+)\)?$/i;

/** Returns the first line of an error's stack that is not in a package, as `file:line:column`. */
export function lineOf(error: unknown): string | undefined {
  const { stack } = Object(error) as { readonly stack?: unknown };
  for (const line of String(stack).split('\n')) {
    const place = PLACE.exec(line)?.[1]?.replace('file://', '');
    const isForeign = place === undefined || /[\\/]node_modules[\\/]/.test(place);
    if (!isForeign) return place.replace(`${workingFolder()}/`, '');
  }
  return undefined;
}

/** The working folder; browsers have none. */
function workingFolder(): string | undefined {
  const { process } = globalThis as { readonly process?: { cwd?(): string } };
  return process?.cwd?.();
}

/** Returns the field in which an assertion's actual value differs from the expected one, as `line.text`. */
export function differenceOf(error: unknown): string | undefined {
  const { actual, expected } = Object(error) as Readonly<Record<string, unknown>>;
  if (!isObject(actual) || !isObject(expected)) return undefined;
  return firstDifference(actual, expected, [])?.join('.');
}

function firstDifference(
  actual: unknown,
  expected: unknown,
  path: readonly string[],
): readonly string[] | undefined {
  if (Object.is(actual, expected)) return undefined;
  if (!isObject(actual) || !isObject(expected)) return path;
  if (path.length === MAX_DEPTH) return undefined;
  for (const key of new Set([...Object.keys(expected), ...Object.keys(actual)])) {
    const found = firstDifference(actual[key], expected[key], [...path, key]);
    if (found) return found;
  }
  return undefined;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
