import type { ChartEdge, ChartState } from './definition/chart.js';
import type { Step, Steps } from './steps.js';

/** An `after` that runs during a step. */
export interface Timer {
  readonly edge: ChartEdge;
  readonly startedAt: number;
  /** Undefined if the delay is unknown, because the timer has not fired yet. */
  readonly delayMs: number | undefined;
  /** True if `delayMs` is the last observed duration. */
  readonly isGuess: boolean;
}

/**
 * The timers of the active states. The delay is the first of these that is known: the producer's value; the number in
 * the definition; a number in the context with the delay's name, with or without `Ms`, and `delayMs` for `retryDelay`;
 * the last observed duration.
 */
export function timersOf({ configuration, after, snapshot, entered }: Step, steps: Steps): Timer[] {
  if (snapshot.status !== undefined && snapshot.status !== 'active') return [];
  const timers: Timer[] = [];
  for (const state of configuration) {
    const seen = new Set<string>();
    for (const edge of state.edges) {
      if (edge.delay === undefined || seen.has(edge.delay)) continue;
      seen.add(edge.delay);
      const told = after?.find(({ eventType }) => eventType === edge.eventType);
      const known = told?.delayMs ?? knownMs(edge.delay, snapshot.context);
      const delayMs = known ?? steps.observedMs.get(edge);
      timers.push({
        edge,
        startedAt: told?.startedAt ?? enteredAt(state, entered),
        delayMs,
        isGuess: known === undefined && delayMs !== undefined,
      });
    }
  }
  return timers;
}

function enteredAt(state: ChartState, entered: Step['entered']): number {
  return entered.get(state) ?? 0;
}

function knownMs(delay: string, context: unknown): number | undefined {
  if (/^\d+$/.test(delay)) return Number(delay);
  if (typeof context !== 'object' || context === null) return undefined;
  const values = context as Readonly<Record<string, unknown>>;
  const names = [delay, `${delay}Ms`, ...(delay === 'retryDelay' ? ['delayMs'] : [])];
  return names.map((name) => values[name]).find((value) => typeof value === 'number');
}
