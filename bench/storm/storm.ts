import type { Schedule } from './schedules.js';
import type { Capacity, StormServer } from './stormServer.js';
import { BACK_AT_MS } from './stormServer.js';

/** Who is in a storm, and what befalls them. */
export interface Fleet {
  readonly clients: number;
  readonly seed: number;
  /** Among so many processes, each with a limiter of its own; undefined for no limiter. */
  readonly processes?: number;
  /** They start beside a server that is up, instead of being connected to it. */
  readonly isBoot?: boolean;
  /** When the server is lost, and for how long. Default from the beginning for `BACK_AT_MS`; at boot never. */
  readonly outage?: Outage;
  /** What the server takes. Default `SERVER`. */
  readonly capacity?: Capacity;
  /** What an attempt costs the server that it cannot take, as a part of one that it takes. Default 0. */
  readonly surplusCost?: number;
  /** The processes share a budget of what the server takes. */
  readonly hasBudget?: boolean;
  /** `count()` will be asked. */
  readonly isCounted?: boolean;
  /** Makes the schedule of each client. Default what the library waits by default. */
  readonly scheduleOf?: (random: () => number) => Schedule;
}

export interface Outage {
  readonly startMs: number;
  readonly lengthMs: number;
}

/** A storm that is under way, on a clock that needs no time. */
export interface Storm {
  readonly server: StormServer;
  /** Milliseconds since it began. */
  now(): number;
  /** No outage is to come, and all are back. */
  readonly isOver: boolean;
  /** When the last client so far came back. */
  readonly lastBackMs: number;
  /** Goes on to what happens next; false if nothing does. */
  next(): Promise<boolean>;
  /** Goes on by so many milliseconds. */
  advance(ms: number): Promise<void>;
  /** How many clients that have started are in each state, by its path. */
  count(): ReadonlyMap<string, number>;
}

/** The outage of a fleet, if there is one. */
export function outageOf({ outage, isBoot = false }: Fleet): Outage | undefined {
  return outage ?? (isBoot ? undefined : { startMs: 0, lengthMs: BACK_AT_MS });
}

/** The same outage, as a server knows it. */
export function planOf(fleet: Fleet) {
  const { startMs, lengthMs } = outageOf(fleet) ?? { startMs: 0, lengthMs: 0 };
  const { capacity, surplusCost } = fleet;
  return {
    downFromMs: startMs,
    backAtMs: startMs + lengthMs,
    ...(capacity && { capacity }),
    ...(surplusCost !== undefined && { surplusCost }),
  };
}
