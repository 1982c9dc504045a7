// Why: docs/decisions/0076-health-is-data.md
import { checkInteger, checkMethods, checkObject, resolveOptions } from '../../core/check.js';
import { Redacted } from '../../core/redacted.js';
import { Thrown } from '../../core/thrown.js';
import type { ReconnectContext } from '../../machine/context.js';
import type { ReconnectOutput, ReconnectTag } from '../../machine/vocabulary.js';
import { type LinkState, linkStates, stateOf } from './linkState.js';

/** The number of links in each state: plain data. */
export interface HealthSummary {
  /**
   * `'up'` when every link is online, `'down'` when none is, else `'degraded'`. Links that have ended without failure,
   * `completed` and `stopped`, do not count; if there are no others it is `'up'`.
   */
  readonly status: 'up' | 'degraded' | 'down';
  /** Number of links, including those that have ended. */
  readonly total: number;
  /** Number of links in each state; the sum is `total`. */
  readonly states: Readonly<Record<LinkState, number>>;
}

/** The state of links as `/readyz` may return it: plain data. */
export interface Health extends HealthSummary {
  /** Links by name: at most `maxLinks`, first those that have failed, then those that are down the longest. */
  readonly links: Readonly<Record<string, LinkHealth>>;
}

/** The state of one link: plain data. */
export interface LinkHealth {
  /** The state it is in, by its tag, or how it ended. */
  readonly state: LinkState;
  /** Number of failures in a row. */
  readonly attempt: number;
  /** The number of the latest session; 0 before the first. */
  readonly epoch: number;
  /** While online: duration of the session in whole milliseconds. */
  readonly upMs?: number;
  /** While active and not online: time since the last good session ended or the link was created, in whole milliseconds. */
  readonly downMs?: number;
  /** While waiting: time until the next attempt in whole milliseconds; absent if only a command ends the wait. */
  readonly retryInMs?: number;
  /** While not online: the facts of the last failure, if there was one. */
  readonly error?: { readonly name: string; readonly message: string; readonly code?: string };
}

/** How much `healthOf` reports. */
export interface HealthOptions {
  /** Maximum number of links listed individually. Default: 100. Bounds: an integer >= 0. */
  readonly maxLinks?: number;
}

/** A link of either engine. */
export interface HealthSource {
  /** The state of the link now. */
  getSnapshot(): {
    readonly status: string;
    readonly context: Facts;
    readonly output?: ReconnectOutput | undefined;
    readonly error?: unknown;
    hasTag(tag: ReconnectTag): boolean;
  };
}

/** The facts that a link stores about itself. */
type Facts = Pick<
  ReconnectContext,
  'attempt' | 'epoch' | 'settings' | 'openedAtMs' | 'downSinceMs' | 'retryAtMs' | 'lastError'
>;

/** A link, independent of its owner. */
export interface Subject {
  readonly name: string;
  readonly state: LinkState;
  health(): LinkHealth;
}

/** The only list of defaults. */
export const healthDefaults: Required<HealthOptions> = { maxLinks: 100 };

/**
 * Returns the state of links of either engine, in a group or not: plain data for `/readyz`. No peer is contacted.
 *
 * @param links by name, such as `{ orders, prices }` or a `Map`
 * @throws InvalidOptionError when a value is not a link, or an option is unknown or out of bounds
 */
export function healthOf(
  links: Readonly<Record<string, HealthSource>> | Iterable<readonly [string, HealthSource]>,
  options: HealthOptions = {},
): Health {
  checkObject('links', links);
  const pairs = Symbol.iterator in links ? [...links] : Object.entries(links);
  const subjects = pairs.map(([name, link]) => new Outsider(name, link));
  const states = noStates();
  for (const { state } of subjects) states[state] += 1;
  return { ...summaryOf(states), links: listOf(subjects, options) };
}

class Outsider implements Subject {
  readonly name: string;
  readonly state: LinkState;
  readonly #snapshot: ReturnType<HealthSource['getSnapshot']>;

  constructor(name: string, link: HealthSource) {
    this.name = name;
    const snapshot = checkMethods(`links.${name}`, link, ['getSnapshot']).getSnapshot();
    this.#snapshot = snapshot;
    const { status, output } = snapshot;
    if (status === 'active') this.state = stateOf((tag) => snapshot.hasTag(tag));
    else if (status === 'error') this.state = 'failed';
    else this.state = output?.status ?? 'stopped';
  }

  health(): LinkHealth {
    const { context, output, error } = this.#snapshot;
    const failure = output?.status === 'failed' ? output.error : error;
    return linkHealth(this.state, context, failure);
  }
}

/** @param failure the error that ended the link, if it has failed */
export function linkHealth(
  state: LinkState,
  facts: Facts | undefined,
  failure: unknown,
): LinkHealth {
  return {
    state,
    attempt: facts?.attempt ?? 0,
    epoch: facts?.epoch ?? 0,
    ...(facts && durationsOf(state, facts)),
    ...errorOf(state, failure, facts),
  };
}

function durationsOf(state: LinkState, facts: Facts): Partial<LinkHealth> {
  if (hasFailed(state)) return {};
  const nowMs = Redacted.value(facts.settings).now();
  if (state === 'online') return { upMs: Math.round(nowMs - (facts.openedAtMs as number)) };
  if (isFine(state)) return {};
  const { downSinceMs, retryAtMs } = facts;
  // Undefined only while a session is stable.
  const downMs = Math.round(nowMs - (downSinceMs as number));
  const retryInMs = Math.round((retryAtMs as number) - nowMs);
  const isTimed = state === 'waiting' && Number.isFinite(retryInMs);
  return { downMs, ...(isTimed && { retryInMs: Math.max(0, retryInMs) }) };
}

function errorOf(
  state: LinkState,
  failure: unknown,
  facts: Facts | undefined,
): Pick<LinkHealth, 'error'> {
  if (isFine(state)) return {};
  const thrown = hasFailed(state) ? new Thrown(failure) : facts?.lastError;
  if (thrown === undefined) return {};
  const { name, message, code } = thrown;
  return { error: { name, message, ...(code !== undefined && { code }) } };
}

function hasFailed(state: LinkState): boolean {
  return state === 'failed' || state === 'resting';
}

function isFine(state: LinkState): boolean {
  return state === 'online' || state === 'completed' || state === 'stopped';
}

export function noStates(): Record<LinkState, number> {
  return Object.fromEntries(linkStates.map((state) => [state, 0])) as Record<LinkState, number>;
}

export function summaryOf(states: Readonly<Record<LinkState, number>>): HealthSummary {
  const total = linkStates.reduce((sum, state) => sum + states[state], 0);
  const expected = total - states.completed - states.stopped;
  const isUp = states.online === expected;
  const status = isUp ? 'up' : states.online === 0 ? 'down' : 'degraded';
  return { status, total, states: { ...states } };
}

/** @throws InvalidOptionError when an option is unknown or out of bounds */
export function listOf(
  subjects: Iterable<Subject>,
  options: HealthOptions,
): Readonly<Record<string, LinkHealth>> {
  const { maxLinks } = resolveOptions(options, healthDefaults, []);
  checkInteger('maxLinks', maxLinks, 0);
  const all = [...subjects].map((subject) => [subject.name, subject.health()] as const);
  all.sort((a, b) => rankOf(a[1]) - rankOf(b[1]));
  return Object.fromEntries(all.slice(0, maxLinks));
}

/** Failed links need a person and come first, then those down the longest, and last those that are in order. */
function rankOf({ state, downMs = 0 }: LinkHealth): number {
  return state === 'failed' ? -Infinity : isFine(state) ? 1 : -downMs;
}
