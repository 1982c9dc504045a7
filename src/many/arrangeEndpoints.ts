import type { Random } from '../policy/backoff.js';

/** The order of endpoints with the same priority. */
export type EndpointOrder = 'failover' | 'random' | 'round-robin';

/** The facts that determine the order. */
export interface Arrangeable {
  readonly weight: number;
  readonly priority: number;
  /** The credit of the endpoint in the round robin. */
  credit: number;
}

/**
 * Returns the endpoints in the order of one round: by priority, and within a priority as `order` says.
 *
 * @param sticky first within its priority, if the order is random
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
 * Shuffles in proportion to the weights: the order in which exponential delays end that have the weights as their rates
 * (Efraimidis and Spirakis). All endpoints of weight 0 together have the weight 1, because RFC 2782 gives them a small
 * chance.
 */
function shuffle<T extends Arrangeable>(endpoints: readonly T[], random: Random): T[] {
  const zeros = endpoints.filter(({ weight }) => weight === 0).length;
  return endpoints
    .map((each) => ({ each, delay: -Math.log1p(-random()) / (each.weight || 1 / zeros) }))
    .toSorted((a, b) => a.delay - b.delay)
    .map(({ each }) => each);
}

/**
 * Returns the next endpoint in turn, then those behind it. As in nginx, each endpoint gains its weight as credit, and
 * the one with the greatest credit is next and pays the sum of all weights, so that the turns of a great weight are
 * spread among the others.
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

/** Returns one endpoint, then those behind it, then those before it. */
function first<T>(one: T, all: readonly T[]): T[] {
  const at = all.indexOf(one);
  return [...all.slice(at), ...all.slice(0, at)];
}
