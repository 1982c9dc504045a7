import { MAX_TIMER_MS } from '../core/check.js';
import type { InspectedActor } from './inspectionEvent.js';
import { cut, type Fields, tryOr } from './pick.js';
import { isOfMachine, type OfMachine } from './snapshotOf.js';

/** Maximum number of timers sent for one actor. */
const MAX_TIMERS = 50;

/**
 * The place where XState stores the timers of a system; it is private, so any part may disappear in a later version.
 */
interface System {
  readonly _snapshot?: {
    readonly _scheduledEvents?: Readonly<
      Record<string, { readonly delay?: unknown; readonly startedAt?: unknown }>
    >;
  };
}

/**
 * Returns the running `after` timers of an actor: their names in the chart, their delays, and when they started. XState
 * stores the timers of all actors of a system in one record; only those that the active states can have are looked up,
 * so other actors add no cost.
 */
export function runningTimers(actor: InspectedActor, snapshot: object): Fields[] | undefined {
  return tryOr(() => {
    const names = isOfMachine(snapshot) ? afters(snapshot) : [];
    if (names.length === 0) return undefined;
    const { _snapshot: { _scheduledEvents: scheduled = {} } = {} } = actor.system as System;
    const running = names.flatMap((eventType) => {
      const { delay, startedAt } = scheduled[`${actor.sessionId}.${eventType}`] ?? {};
      // A timer of the maximum length represents "no limit".
      if (typeof delay !== 'number' || !(delay >= 0 && delay < MAX_TIMER_MS)) return [];
      return { eventType: cut(eventType), delayMs: delay, startedAt: numberOf(startedAt) };
    });
    return running.length === 0 ? undefined : running.slice(0, MAX_TIMERS);
  }, undefined);
}

/** Returns the names of the timers of the active states; several transitions with the same delay share its timer. */
function afters({ _nodes: nodes }: OfMachine): string[] {
  return [...new Set(nodes.flatMap(({ after }) => after.map(({ eventType }) => eventType)))];
}

function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}
