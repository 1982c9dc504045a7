// What the sentences of an option say of it: docs/decisions/0102-the-reference-from-the-code.md has the rules.
import type { Member } from './model.js';

/** The sentence that begins with `Default`, and one with bounds that follows it. */
const DEFAULT = /(?:^|(?<=[.;:!?)`] ))Default:? (.+?)\.(?: Bounds:? (.+?)\.)?(?= [A-Z`]|$)/;

/** Other ways to say what is without it. */
const ABSENT = /\b(?:by default|the default|without it|required)\b/i;

/** Units at the end of a name. */
const SUFFIXES: Readonly<Record<string, string>> = {
  Ms: 'ms',
  S: 's',
  Bytes: 'bytes',
  PerSecond: 'per second',
};

/** Numbers that have no unit, by the end of their names. */
const BARE = /(?:factor|priority|weight|port|code|seed|decrease)$/i;

/** A count names what it counts: `maxItems`, or a sentence that begins with it. */
const COUNT_NAME = /^max[A-Z]/;
const COUNT_TEXT = /^(?:How many|How often|Number of|Maximum number|[A-Z]\w+s\b)/;

const UNIT_TEXT = /\b(milliseconds|seconds|bytes|steps)\b/i;

/** What is said of it besides its default. */
export function textOf({ comment }: Member): string {
  return comment.text.join(' ').replace(DEFAULT, '').replaceAll(/ {2,}/g, ' ').trim();
}

/** The sentence about its default, without `Default`, and with its bounds. */
export function factsOf({ comment }: Member): string | undefined {
  const [, fallback, bounds] = DEFAULT.exec(comment.text.join(' ')) ?? [];
  if (fallback === undefined) return undefined;
  return bounds === undefined ? fallback : `${fallback}; bounds ${bounds}`;
}

export function hasDefault(member: Member): boolean {
  return factsOf(member) !== undefined || ABSENT.test(textOf(member));
}

/** The unit of a number, in short; undefined if there is none to be shown. */
export function unitOf({ name, comment }: Member): string | undefined {
  const suffix = Object.keys(SUFFIXES).find((each) => name.endsWith(each));
  if (suffix !== undefined) return SUFFIXES[suffix];
  const [, word] = UNIT_TEXT.exec(comment.text.join(' ')) ?? [];
  return word?.toLowerCase().replace('milliseconds', 'ms');
}

export function hasUnit(member: Member): boolean {
  const isCount = COUNT_NAME.test(member.name) || COUNT_TEXT.test(textOf(member));
  return unitOf(member) !== undefined || isCount || BARE.test(member.name);
}

export function hasBounds({ comment }: Member): boolean {
  return /\b(?:bounds|integer|finite|at least)\b/i.test(comment.text.join(' '));
}

/** Whether it is a number, or may be one. */
export function isNumber({ type }: Member): boolean {
  return /\bnumber\b/.test(type) && !type.includes('=>');
}
