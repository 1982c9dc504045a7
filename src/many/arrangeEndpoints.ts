import type { Random } from '../policy/backoff.js';

/** Which endpoint is used first, among those of one priority. */
export type EndpointOrder = 'failover' | 'random' | 'round-robin';

/** What the order depends on. */
export interface Arrangeable {
  readonly weight: number;
  readonly priority: number;
  /** What a round robin owes it. */
  credit: number;
}

/**
 * The endpoints in the order of one round: by priority, and within one as `order` says.
 *
 * @param sticky goes first within its priority, where the order is random
 */
export function arrangeEndpoints<T extends Arrangeable>(
  endpoints: readonly T[],
  order: EndpointOrder,
  random: Random,
  sticky: T | undefined,
): T[] {
  const levels = new Map<number, T[]>();
  for (const each of endpoints) {
    const level = levels.get(each.priority);
    if (level) level.push(each);
    else levels.set(each.priority, [each]);
  }
  return [...levels]
    .toSorted(([a], [b]) => a - b)
    .flatMap(([priority, equals]) => {
      if (order === 'failover') return equals;
      if (order === 'round-robin') return turn(equals);
      const shuffled = shuffle(equals, random);
      return sticky?.priority === priority && equals.includes(sticky)
        ? first(sticky, shuffled)
        : shuffled;
    });
}

/**
 * By chance, in proportion to the weights: the order in which as many exponential delays end, each with its weight as the rate
 * (Efraimidis and Spirakis). All of weight 0 together have the weight 1: RFC 2782 wants a small chance.
 */
function shuffle<T extends Arrangeable>(endpoints: readonly T[], random: Random): T[] {
  const zeros = endpoints.filter(({ weight }) => weight === 0).length;
  return endpoints
    .map((each) => ({ each, delay: -Math.log1p(-random()) / (each.weight || 1 / zeros) }))
    .toSorted((a, b) => a.delay - b.delay)
    .map(({ each }) => each);
}

/**
 * The next in turn, then those behind it. Of nginx: each is owed its weight, who is owed most is next and pays for all, so
 * that turns of a great weight are spread among the others.
 */
function turn<T extends Arrangeable>(endpoints: readonly T[]): T[] {
  const weighted = endpoints.some(({ weight }) => weight > 0);
  let total = 0;
  for (const each of endpoints) {
    const share = weighted ? each.weight : 1;
    total += share;
    each.credit += share;
  }
  const candidates = weighted ? endpoints.filter(({ weight }) => weight > 0) : endpoints;
  const next = candidates.reduce((best, each) => (each.credit > best.credit ? each : best));
  next.credit -= total;
  return first(next, endpoints);
}

/** One of them, then those behind it, then those before. */
function first<T>(one: T, all: readonly T[]): T[] {
  const at = all.indexOf(one);
  return [...all.slice(at), ...all.slice(0, at)];
}
