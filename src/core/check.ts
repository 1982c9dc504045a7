import { InvalidOptionError, kindOf } from './errors.js';
import { hrefOf, showAddress } from './showAddress.js';

/** The longest time a timer can wait: 2^31-1 ms, almost 25 days. */
export const MAX_TIMER_MS = 2 ** 31 - 1;

/** The timer for a wait of any length; a longer one would fire at once. */
export function clampTimer(ms: number): number {
  return Math.min(ms, MAX_TIMER_MS);
}

/** The value, when it is a number of at least `min`; `Infinity` passes. */
export function checkAtLeast(option: string, value: unknown, min: number): number {
  if (typeof value === 'number' && value >= min) return value;
  throw new InvalidOptionError(option, `a number >= ${min}`, value);
}

/** The value, when it is a number above 0; `Infinity` passes. */
export function checkPositive(option: string, value: unknown): number {
  if (typeof value === 'number' && value > 0) return value;
  throw new InvalidOptionError(option, 'a number > 0', value);
}

/** The value, when it is a whole number of at least `min`. */
export function checkInteger(option: string, value: unknown, min: number): number {
  if (Number.isInteger(value) && (value as number) >= min) return value as number;
  throw new InvalidOptionError(option, `an integer >= ${min}`, value);
}

/** The value, when it is a number from `min` to `max`. */
export function checkRange(option: string, value: unknown, min: number, max: number): number {
  if (typeof value === 'number' && value >= min && value <= max) return value;
  throw new InvalidOptionError(option, `a number from ${min} to ${max}`, value);
}

/** The value, when it is a number other than `Infinity`. */
export function checkFinite(option: string, value: unknown): number {
  if (Number.isFinite(value)) return value as number;
  throw new InvalidOptionError(option, 'a finite number', value);
}

/** The value, when it is a function. */
export function checkFunction<T>(option: string, value: T): T {
  if (typeof value === 'function') return value;
  throw new InvalidOptionError(option, 'a function', value);
}

/** The value, when it is one of those listed. */
export function checkOneOf<T extends string>(
  option: string,
  value: unknown,
  choices: readonly T[],
): T {
  if (choices.includes(value as T)) return value as T;
  const expected = choices.map((choice) => `'${choice}'`).join(', ');
  throw new InvalidOptionError(option, expected.replace(/, ('\w+')$/, ' or $1'), value);
}

/** The value, when it is `true` or `false`. */
export function checkBoolean(option: string, value: unknown): boolean {
  if (typeof value === 'boolean') return value;
  throw new InvalidOptionError(option, 'true or false', value);
}

/** The value, when it is a string. */
export function checkString(option: string, value: unknown, expected = 'a string'): string {
  if (typeof value === 'string') return value;
  throw new InvalidOptionError(option, expected, value);
}

/** The value, when it is an object. */
export function checkObject<T>(option: string, value: T, expected = 'an object'): T {
  if (typeof value === 'object' && value !== null) return value;
  // It may be an address, given in place of the options.
  throw new InvalidOptionError(option, expected, value, kindOf(value));
}

/** The value, when it is an object with these methods. */
export function checkMethods<T extends object>(
  option: string,
  value: T,
  methods: readonly (keyof T & string)[],
): T {
  checkObject(
    option,
    value,
    `an object with ${methods.map((name) => `\`${name}\``).join(' and ')}`,
  );
  for (const method of methods) checkFunction(`${option}.${method}`, value[method]);
  return value;
}

/** The address of a WebSocket server; messages show nothing of it that may be secret. */
export function checkWebSocketUrl(value: unknown): string {
  const bad = (expected: string) =>
    new InvalidOptionError('url', expected, text, showAddress(text));
  // A URL may come from another realm, such as an iframe.
  if (typeof value !== 'string' && !('href' in Object(value))) {
    throw new InvalidOptionError('url', 'an absolute URL', value);
  }
  const text = String(value);
  const href = hrefOf(text);
  if (href === undefined) throw bad('an absolute URL');
  if (!/^wss?:/.test(href)) throw bad('a ws: or wss: URL');
  if (href.includes('#')) throw bad('a URL without a fragment');
  return text;
}

/** The class to make WebSockets of, when there is one. */
export function checkWebSocketClass<T>(value: T | undefined): T {
  if (typeof value === 'function') return value;
  const expected = 'a class, such as that of the package `ws`: this platform has none of its own';
  throw new InvalidOptionError('WebSocket', value === undefined ? expected : 'a class', value);
}

/**
 * Refuses a name that is no option, and names the nearest one: a misspelt option would be ignored in silence.
 *
 * @param path what stands before the names in the message, such as `heartbeat.`
 */
export function checkNames(options: object, known: readonly string[], path = ''): void {
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined || known.includes(name)) continue;
    const [nearest] = known.toSorted((a, b) => likeness(name, b) - likeness(name, a));
    const expected = `left out: there is no such option, the nearest is \`${path}${nearest}\``;
    // An address or a password under a wrong name is no less a secret.
    throw new InvalidOptionError(path + name, expected, value, kindOf(value));
  }
}

/** How much of a name occurs in another: its pairs of neighbouring letters, whatever their case. */
function likeness(from: string, to: string): number {
  const text = to.toLowerCase();
  const pairs = Array.from(from.toLowerCase()).filter((letter, i, all) =>
    text.includes(letter + all[i + 1]),
  );
  // Of two that have as many, the shorter one is nearer.
  return pairs.length - to.length / 100;
}

/** Options in which what has a default is there. */
export type Resolved<TOptions, TDefaults> = TOptions &
  Required<Pick<TOptions, keyof TDefaults & keyof TOptions>>;

/**
 * The options, with the defaults of those that are undefined or null.
 *
 * @param others the names of the options that have no default
 * @param path what stands before the names in a message, such as `heartbeat.`
 * @throws InvalidOptionError when there is no object, or one with a name that is no option
 */
export function resolveOptions<TOptions extends object, TDefaults extends Partial<TOptions>>(
  options: TOptions,
  defaults: TDefaults,
  others: readonly (keyof TOptions & string)[],
  path = '',
): Resolved<TOptions, TDefaults> {
  checkObject(path.slice(0, -1) || 'options', options);
  const names = [...Object.keys(defaults), ...others] as (keyof TOptions & string)[];
  checkNames(options, names, path);
  const entries = names.map((name) => {
    const value = options[name];
    return [name, value ?? defaults[name] ?? value];
  });
  return Object.fromEntries(entries) as Resolved<TOptions, TDefaults>;
}
