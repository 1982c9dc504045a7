import { MAX_TIMER_MS } from '../core/check.js';
import type { InspectedActor } from './inspectionEvent.js';
import { cut, type Fields, tryOr } from './pick.js';
import { isOfMachine, type OfMachine } from './snapshotOf.js';

/** Timers of one actor that are sent. */
const MAX_TIMERS = 50;

/** Where XState keeps the timers of a system: private, so any of it may be gone one day. */
interface System {
  readonly _snapshot?: {
    readonly _scheduledEvents?: Readonly<
      Record<string, { readonly delay?: unknown; readonly startedAt?: unknown }>
    >;
  };
}

/**
 * The `after`s that run: the names they have in the chart, how long they take, and when they began. XState
 * keeps the timers of all actors of a system in one record; it is asked only for those that the active
 * states can have, so other actors cost nothing.
 */
export function runningTimers(actor: InspectedActor, snapshot: object): Fields[] | undefined {
  return tryOr(() => {
    const names = isOfMachine(snapshot) ? afters(snapshot) : [];
    if (names.length === 0) return undefined;
    const { _snapshot: { _scheduledEvents: scheduled = {} } = {} } = actor.system as System;
    const running = names.flatMap((eventType) => {
      const { delay, startedAt } = scheduled[`${actor.sessionId}.${eventType}`] ?? {};
      // The longest timer there is stands for no limit.
      if (typeof delay !== 'number' || !(delay >= 0 && delay < MAX_TIMER_MS)) return [];
      return { eventType: cut(eventType), delayMs: delay, startedAt: numberOf(startedAt) };
    });
    return running.length === 0 ? undefined : running.slice(0, MAX_TIMERS);
  }, undefined);
}

/** The names of the timers of the active states; tryOr transitions of one delay share its timer. */
function afters({ _nodes: nodes }: OfMachine): string[] {
  return [...new Set(nodes.flatMap(({ after }) => after.map(({ eventType }) => eventType)))];
}

function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}
