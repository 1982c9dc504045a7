import { checkFunction, checkInteger, checkString, type Resolved } from '../../core/check.js';
import type { Clock } from '../../core/clock.js';
import type { Connector } from '../../core/connector.js';
import { InvalidOptionError } from '../../core/errors.js';
import { isRetryableBy } from '../isRetryableBy.js';
import { checkLifetime } from '../lifetime.js';
import {
  type MessageOptions,
  type MessageSession,
  type MessageSettings,
  resolveMessageOptions,
} from '../messages/options.js';
import type { PerAttempt } from '../perAttempt.js';
import { isRetryableEventStreamError } from './isRetryable.js';
import { checkUrl } from './request.js';

/** An event of the stream. */
export interface EventStreamMessage {
  /** The event's name; `message` if the server gave none. */
  readonly type: string;
  /** The data that the server sent; lines are joined by line feeds. */
  readonly data: string;
  /** The last id that the server sent; empty if it sent none. */
  readonly lastEventId: string;
}

/** The argument of `onSession`. */
export interface EventStreamSession extends MessageSession {
  /** The id after which the server was asked to continue; empty if there was none. */
  readonly after: string;
}

/** Which stream to read, and how to handle its events: one at a time, in order. */
export interface EventStreamOptions extends Omit<
  MessageOptions<EventStreamMessage, EventStreamSession>,
  'maxInFlight' | 'maxWaiting'
> {
  /**
   * An absolute http: or https: URL; a function is called at each attempt. User and password are sent as basic
   * authentication.
   */
  readonly url: PerAttempt<string | URL>;
  /** Sent as `Authorization: Bearer …`; a function is called at each attempt. Default: none. */
  readonly token?: PerAttempt<string | undefined>;
  /**
   * Further headers; a function is called at each attempt. `Authorization` is refused if there is a `token` or a login in
   * the URL. Default: none.
   */
  readonly headers?: PerAttempt<RequestInit['headers']>;
  /**
   * Further options of `fetch`, such as `credentials`, except `headers` and `signal`; a function is called at each
   * attempt. Default: none.
   */
  readonly fetchOptions?: PerAttempt<Omit<RequestInit, 'headers' | 'signal'> | undefined>;
  /** Makes the request. Default: the platform's `fetch`. */
  readonly fetch?: (url: string, init: RequestInit) => Promise<Response>;
  /** The id after which the first session continues, for example a stored one. Default: none. */
  readonly lastEventId?: string;
  /**
   * Maximum length of a line, and of an event's data, in UTF-16 code units. Default: 1 048 576. Bounds: an integer
   * >= 1.
   */
  readonly maxEventLength?: number;
  /**
   * How much is read ahead while events wait for `onMessage`, in bytes; beyond that the server is slowed down. Default:
   * 65 536. Bounds: an integer >= 0.
   */
  readonly readAheadBytes?: number;
  /**
   * How long the server may send nothing, not even a comment, before the session ends with SilenceError, in
   * milliseconds; detection takes up to a quarter longer. Default: 45 000. Bounds: 1 to 2 147 483 647.
   */
  readonly silenceMs?: number;
  /**
   * How old a session may become, in milliseconds: then it ends without an error, and the link connects again. Default:
   * none. Bounds: 1 to 2 147 483 647.
   */
  readonly maxAgeMs?: number;
  /**
   * Maximum of the random time by which `maxAgeMs` is shortened, in milliseconds. Default: a tenth of `maxAgeMs`.
   * Bounds: 0 to `maxAgeMs`.
   */
  readonly maxAgeSpreadMs?: number;
  /** Source of random numbers for `maxAgeSpreadMs`. Default: `Math.random`. */
  readonly random?: () => number;
  /**
   * Sets the timers of `silenceMs` and `maxAgeMs`; a test passes `virtualClock()`. Default: the global `setTimeout` and
   * `clearTimeout`.
   */
  readonly clock?: Clock;
  /** Decides how long to wait, in milliseconds; without it the link's option `backoff` decides. */
  readonly retryDelay?: NonNullable<Connector<unknown>['retryDelay']>;
  /** Classifies errors. Where it returns undefined, and by default, the table in docs/sse.md decides. */
  readonly isRetryable?: NonNullable<Connector<unknown>['isRetryable']>;
}

/** The options' only list of defaults. */
const defaults = {
  lastEventId: '',
  maxEventLength: 1_048_576,
  readAheadBytes: 65_536,
  silenceMs: 45_000,
  // oxlint-disable-next-line no-restricted-properties -- the default of `random`
  random: Math.random,
  clock: globalThis as Clock,
};

const functions = ['fetch', 'retryDelay', 'isRetryable'] as const;

export type Settings = Resolved<EventStreamOptions, typeof defaults> &
  MessageSettings<EventStreamMessage, EventStreamSession> &
  Required<Pick<EventStreamOptions, 'isRetryable'>>;

/** @throws InvalidOptionError that names the option, the expected and the received value */
export function resolveSettings(options: EventStreamOptions): Settings {
  for (const name of ['maxInFlight', 'maxWaiting'] as const) {
    const value = (options as { maxInFlight?: unknown; maxWaiting?: unknown } | undefined)?.[name];
    if (value === undefined) continue;
    throw new InvalidOptionError(name, 'left out: events come one at a time', value);
  }
  const settings = resolveMessageOptions(options, defaults, [
    'url',
    'token',
    'headers',
    'fetchOptions',
    'maxAgeMs',
    'maxAgeSpreadMs',
    ...functions,
  ]) as unknown as Settings;
  if (typeof settings.url !== 'function') checkUrl(settings.url);
  checkString('lastEventId', settings.lastEventId);
  checkInteger('maxEventLength', settings.maxEventLength, 1);
  checkInteger('readAheadBytes', settings.readAheadBytes, 0);
  checkLifetime(settings);
  for (const name of functions) {
    if (settings[name] !== undefined) checkFunction(name, settings[name]);
  }
  return {
    ...settings,
    // One at a time, so that ids are in order.
    maxInFlight: 1,
    maxWaiting: Infinity,
    isRetryable: isRetryableBy(isRetryableEventStreamError, settings.isRetryable),
  };
}
