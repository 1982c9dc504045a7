import {
  checkAtLeast,
  checkFunction,
  checkInteger,
  checkMethods,
  checkOneOf,
  checkRange,
  MAX_TIMER_MS,
  type Resolved,
  resolveOptions,
} from '../core/check.js';
import type { Clock } from '../core/clock.js';
import type { Verdict } from '../core/connector.js';
import type { Random } from '../policy/backoff.js';
import type { EndpointOrder } from './arrangeEndpoints.js';
import type { Ejection } from './endpointPool.js';

/** Which endpoint an attempt goes to. */
export interface EndpointsOptions {
  /**
   * Which endpoint is used first, among those of the lowest `priority`: `'failover'` the first of the list, `'random'` one
   * by chance, then that of the last good session, `'round-robin'` the next in turn. Default `'random'`.
   */
  readonly order?: EndpointOrder;
  /** When an endpoint is set aside: it is used after all others then. Default that of `EjectOptions`. */
  readonly eject?: EjectOptions;
  /**
   * How long a connection to one endpoint may take, in milliseconds; the next one follows then. Default 10 000; bounds 1
   * to 2^31-1. It must be less than the link's `connectTimeoutMs`, which else ends the attempt first, and counts it.
   */
  readonly connectTimeoutMs?: number;
  /** How long a session must last to be a good one, in milliseconds. Default 10 000, as for the link; bounds >= 0. */
  readonly stableAfterMs?: number;
  /**
   * How long a session lasts at an endpoint that is not the first choice, in milliseconds, before it is left for a better
   * one that answers; chance adds up to a tenth. Default `Infinity`: until it ends; bounds >= 1.
   */
  readonly failbackMs?: number;
  /** How long `discover` may take, in milliseconds. Default 5000; bounds 1 to 2^31-1. */
  readonly discoverTimeoutMs?: number;
  /** How old an answer of `discover` may be when a session has ended, in milliseconds. Default 60 000; bounds >= 0. */
  readonly discoverAgeMs?: number;
  /** Called with what happens to endpoints; what it throws goes to the console. Default none. */
  readonly onEvent?: (event: EndpointEvent) => void;
  /** Source of chance. Default `Math.random`. */
  readonly random?: Random;
  /** Timers. Default those of the host. */
  readonly clock?: Clock;
  /** Monotonic clock in milliseconds. Default `performance.now`. */
  readonly now?: () => number;
}

/** When an endpoint that fails is set aside, and for how long. */
export interface EjectOptions {
  /** Failures in a row. Default 5; an integer >= 1, or `Infinity`: never. */
  readonly consecutiveFailures?: number;
  /** For how long, times the number of ejections since the last good session, in milliseconds. Default 30 000; bounds >= 0. */
  readonly baseMs?: number;
  /** For how long at most, in milliseconds. Default 300 000; bounds >= `baseMs`. */
  readonly maxMs?: number;
}

/** What happens to endpoints; each is called by its address, without what may be secret. */
export type EndpointEvent =
  | {
      /** An attempt is made at this endpoint. */
      readonly type: 'endpoint.chosen';
      readonly endpoint: string;
      /** As in the events of the link: failed attempts in a row so far. */
      readonly attempt: number;
      /** As in the events of the link: the number that the session gets. */
      readonly epoch: number;
    }
  | {
      /** It did not connect, or its session ended by itself before it was a good one. */
      readonly type: 'endpoint.failed';
      readonly endpoint: string;
      /** Absent after `Continue`. */
      readonly error?: unknown;
      readonly verdict: Verdict;
    }
  | {
      /** It has failed too often: for so long it is used after all others. */
      readonly type: 'endpoint.ejected';
      readonly endpoint: string;
      readonly forMs: number;
    }
  | {
      /** `discover` has answered. */
      readonly type: 'endpoints.discovered';
      readonly endpoints: readonly string[];
    }
  | {
      /** It has not, or with what is no list; the earlier one stays. */
      readonly type: 'discovery.failed';
      readonly error: unknown;
    };

/** The defaults; each stands here only. */
export const defaults = {
  order: 'random' as EndpointOrder,
  eject: { consecutiveFailures: 5, baseMs: 30_000, maxMs: 300_000 } satisfies Ejection,
  connectTimeoutMs: 10_000,
  stableAfterMs: 10_000,
  failbackMs: Infinity,
  discoverTimeoutMs: 5000,
  discoverAgeMs: 60_000,
  // oxlint-disable-next-line no-restricted-properties -- the default of `random`
  random: Math.random,
  clock: globalThis as Clock,
  // oxlint-disable-next-line no-restricted-properties -- the default of `now`
  now: () => performance.now(),
};

export type EndpointSettings = Resolved<EndpointsOptions, typeof defaults> & {
  readonly eject: Ejection;
};

/** @throws InvalidOptionError when an option is unknown or out of bounds */
export function resolveEndpointOptions(options: EndpointsOptions): EndpointSettings {
  const settings = resolveOptions(options, defaults, ['onEvent']);
  checkOneOf('order', settings.order, ['failover', 'random', 'round-robin']);
  checkRange('connectTimeoutMs', settings.connectTimeoutMs, 1, MAX_TIMER_MS);
  checkAtLeast('stableAfterMs', settings.stableAfterMs, 0);
  checkAtLeast('failbackMs', settings.failbackMs, 1);
  checkRange('discoverTimeoutMs', settings.discoverTimeoutMs, 1, MAX_TIMER_MS);
  checkAtLeast('discoverAgeMs', settings.discoverAgeMs, 0);
  if (settings.onEvent !== undefined) checkFunction('onEvent', settings.onEvent);
  checkFunction('random', settings.random);
  checkMethods('clock', settings.clock, ['setTimeout', 'clearTimeout']);
  checkFunction('now', settings.now);
  return { ...settings, eject: resolveEject(settings.eject) };
}

function resolveEject(options: EjectOptions): Ejection {
  const eject = resolveOptions(options, defaults.eject, [], 'eject.');
  const { consecutiveFailures, baseMs, maxMs } = eject;
  if (consecutiveFailures !== Infinity) {
    checkInteger('eject.consecutiveFailures', consecutiveFailures, 1);
  }
  checkAtLeast('eject.baseMs', baseMs, 0);
  checkAtLeast('eject.maxMs', maxMs, baseMs);
  return eject;
}
