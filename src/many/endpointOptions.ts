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
   * Which endpoint is used first, among those of the lowest `priority`: `'failover'` uses the first of the list;
   * `'random'` uses the endpoint of the last good session; before the first good session, a random one, by `weight`;
   * `'round-robin'` uses the next in turn. Default: `'random'`.
   */
  readonly order?: EndpointOrder;
  /** When an endpoint is ejected, which means that it is used after all others. Default: that of `EjectOptions`. */
  readonly eject?: EjectOptions;
  /**
   * Maximum duration of a connect to one endpoint, in milliseconds; after that the next one is used. Default: 10 000.
   * Bounds: 1 to 2^31-1. It must be less than the link's `connectTimeoutMs`: otherwise that ends the attempt first, and
   * counts it as failed.
   */
  readonly connectTimeoutMs?: number;
  /** How long a session must last to be a good one, in milliseconds. Default: 10 000, as for the link. Bounds: >= 0. */
  readonly stableAfterMs?: number;
  /**
   * How long the link stays at an endpoint that is not its first choice, in milliseconds, plus a random time of up to a
   * tenth. Then it looks for a better endpoint, and moves there if that answers. Default: `Infinity`, never. Bounds:
   * >= 1.
   */
  readonly failbackMs?: number;
  /** How long `discover` may take, in milliseconds. Default: 5000. Bounds: 1 to 2^31-1. */
  readonly discoverTimeoutMs?: number;
  /**
   * Maximum age of the list of endpoints, in milliseconds. When the link begins a new round over the endpoints and the
   * list is older, `discover` is called again; it is also called when all endpoints have failed. Default: 60 000.
   * Bounds: >= 0.
   */
  readonly discoverAgeMs?: number;
  /** Called with the events of endpoints; errors that it throws go to the console. Default: none. */
  readonly onEvent?: (event: EndpointEvent) => void;
  /** Source of random numbers. Default: `Math.random`. */
  readonly random?: Random;
  /** Sets the timers; a test passes `virtualClock()`. Default: the global `setTimeout` and `clearTimeout`. */
  readonly clock?: Clock;
  /** Monotonic clock in milliseconds. Default: `performance.now`. */
  readonly now?: () => number;
}

/** When an endpoint that fails is set aside, and for how long. */
export interface EjectOptions {
  /** Number of consecutive failures. Default: 5. Bounds: an integer >= 1, or `Infinity` for never. */
  readonly consecutiveFailures?: number;
  /**
   * Duration of an ejection in milliseconds, multiplied by the number of ejections since the last good session.
   * Default: 30 000. Bounds: >= 0.
   */
  readonly baseMs?: number;
  /** Maximum duration of an ejection in milliseconds. Default: 300 000. Bounds: >= `baseMs`. */
  readonly maxMs?: number;
}

/** The events of endpoints; each endpoint is named by its address, without parts that may be secret. */
export type EndpointEvent =
  | {
      /** An attempt is made at this endpoint. */
      readonly type: 'endpoint.chosen';
      readonly endpoint: string;
      /** As in the events of the link: number of failures in a row so far. */
      readonly attempt: number;
      /** As in the events of the link: the number of the session. */
      readonly epoch: number;
    }
  | {
      /**
       * The endpoint could not be connected to, also when `failbackMs` had passed, or its session ended, on its own,
       * before it was a good one.
       */
      readonly type: 'endpoint.failed';
      readonly endpoint: string;
      /** Absent after `Continue`. */
      readonly error?: unknown;
      readonly verdict: Verdict;
    }
  | {
      /** The endpoint failed too often, and is used after all others for some time. */
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
      /** `discover` did not answer, or answered with something that is not a list; the earlier list stays. */
      readonly type: 'discovery.failed';
      readonly error: unknown;
    };

/** The only list of defaults. */
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
