import { InvalidOptionError, kindOf } from './errors.js';
import { hrefOf, showAddress } from './showAddress.js';

/** The longest delay a timer accepts: 2^31-1 ms, almost 25 days. */
export const MAX_TIMER_MS = 2 ** 31 - 1;

/** Limits a wait to what a timer accepts; a longer delay would fire at once. */
export function clampTimer(ms: number): number {
  return Math.min(ms, MAX_TIMER_MS);
}

/** Returns `value` if it is a number >= `min`; `Infinity` is accepted. */
export function checkAtLeast(option: string, value: unknown, min: number): number {
  if (typeof value === 'number' && value >= min) return value;
  throw new InvalidOptionError(option, `a number >= ${min}`, value);
}

/** Returns `value` if it is a number > 0; `Infinity` is accepted. */
export function checkPositive(option: string, value: unknown): number {
  if (typeof value === 'number' && value > 0) return value;
  throw new InvalidOptionError(option, 'a number > 0', value);
}

/** Returns `value` if it is an integer >= `min`. */
export function checkInteger(option: string, value: unknown, min: number): number {
  if (Number.isInteger(value) && (value as number) >= min) return value as number;
  throw new InvalidOptionError(option, `an integer >= ${min}`, value);
}

/** Returns `value` if it is a number from `min` to `max`. */
export function checkRange(option: string, value: unknown, min: number, max: number): number {
  if (typeof value === 'number' && value >= min && value <= max) return value;
  throw new InvalidOptionError(option, `a number from ${min} to ${max}`, value);
}

/** Returns `value` if it is a number other than `Infinity`. */
export function checkFinite(option: string, value: unknown): number {
  if (Number.isFinite(value)) return value as number;
  throw new InvalidOptionError(option, 'a finite number', value);
}

export function checkFunction<T>(option: string, value: T): T {
  if (typeof value === 'function') return value;
  throw new InvalidOptionError(option, 'a function', value);
}

/** Returns `value` if it is one of the listed words. */
export function checkOneOf<T extends string>(
  option: string,
  value: unknown,
  choices: readonly T[],
): T {
  if (choices.includes(value as T)) return value as T;
  const expected = choices.map((choice) => `'${choice}'`).join(', ');
  throw new InvalidOptionError(option, expected.replace(/, ('\w+')$/, ' or $1'), value);
}

export function checkBoolean(option: string, value: unknown): boolean {
  if (typeof value === 'boolean') return value;
  throw new InvalidOptionError(option, 'true or false', value);
}

export function checkString(option: string, value: unknown, expected = 'a string'): string {
  if (typeof value === 'string') return value;
  throw new InvalidOptionError(option, expected, value);
}

export function checkObject<T>(option: string, value: T, expected = 'an object'): T {
  if (typeof value === 'object' && value !== null) return value;
  // The value may be an address, given in place of the options.
  throw new InvalidOptionError(option, expected, value, kindOf(value));
}

/** Returns `value` if it is an object with these methods. */
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

/** Returns the address of a WebSocket server; error messages show no part of it that may be secret. */
export function checkWebSocketUrl(value: unknown): string {
  const bad = (expected: string) =>
    new InvalidOptionError('url', expected, text, showAddress(text));
  // The URL may come from another realm, such as an iframe.
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

/** Returns the WebSocket class to use, if there is one. */
export function checkWebSocketClass<T>(value: T | undefined): T {
  if (typeof value === 'function') return value;
  const expected = 'a class, such as that of the package `ws`: this platform has no WebSocket';
  throw new InvalidOptionError('WebSocket', value === undefined ? expected : 'a class', value);
}

/**
 * Refuses an unknown option and names the nearest known one; otherwise a misspelt option would be ignored silently.
 *
 * @param path a prefix for the names in the message, such as `heartbeat.`
 */
export function checkNames(options: object, known: readonly string[], path = ''): void {
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined || known.includes(name)) continue;
    const [nearest] = known.toSorted((a, b) => likeness(name, b) - likeness(name, a));
    const expected = `left out: no such option, the nearest is \`${path}${nearest}\``;
    // An address or a password under a wrong name is still a secret.
    throw new InvalidOptionError(path + name, expected, value, kindOf(value));
  }
}

/** The share of a name that occurs in another: its pairs of adjacent letters, ignoring case. */
function likeness(from: string, to: string): number {
  const text = to.toLowerCase();
  const pairs = Array.from(from.toLowerCase()).filter((letter, i, all) =>
    text.includes(letter + all[i + 1]),
  );
  // With equal counts, the shorter name is nearer.
  return pairs.length - to.length / 100;
}

/** Options in which every option with a default is present. */
export type Resolved<TOptions, TDefaults> = TOptions &
  Required<Pick<TOptions, keyof TDefaults & keyof TOptions>>;

/**
 * Fills in the defaults of options that are undefined or null.
 *
 * @param others the names of the options without a default
 * @param path a prefix for the names in a message, such as `heartbeat.`
 * @throws InvalidOptionError when `options` is not an object, or has an unknown option
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
