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
  /** Its name: `message` if the server gave none. */
  readonly type: string;
  /** What the server sent; lines are joined by line feeds. */
  readonly data: string;
  /** The last id that the server gave; empty if it gave none. */
  readonly lastEventId: string;
}

/** What `onSession` is told. */
export interface EventStreamSession extends MessageSession {
  /** The id after which the server was asked to go on; empty if it was not. */
  readonly after: string;
}

/** Which stream to keep, and what to do with its events: one at a time, in their order. */
export interface EventStreamOptions extends Omit<
  MessageOptions<EventStreamMessage, EventStreamSession>,
  'maxInFlight' | 'maxWaiting'
> {
  /** An absolute http: or https: URL; a function is called at each attempt. User and password go out as basic authentication. */
  readonly url: PerAttempt<string | URL>;
  /** Goes out as `Authorization: Bearer …`; a function is called at each attempt. Default none. */
  readonly token?: PerAttempt<string | undefined>;
  /** Further headers; a function is called at each attempt. Default none. */
  readonly headers?: PerAttempt<RequestInit['headers']>;
  /** What else `fetch` is told, such as `credentials`; a function is called at each attempt. Default none. */
  readonly fetchOptions?: PerAttempt<Omit<RequestInit, 'headers' | 'signal'> | undefined>;
  /** Makes the request, in place of the platform's `fetch`. Default `fetch`. */
  readonly fetch?: (url: string, init: RequestInit) => Promise<Response>;
  /** The id after which the first session goes on, such as one that was stored. Default none. */
  readonly lastEventId?: string;
  /** The longest line, and the longest data of an event, in UTF-16 code units. Default 1 048 576; bounds: an integer >= 1. */
  readonly maxEventLength?: number;
  /**
   * How much may be read while events wait for `onMessage`, in bytes; then the server is held back. Default 65 536; bounds: an
   * integer >= 0.
   */
  readonly readAheadBytes?: number;
  /**
   * Ends the session with SilenceError when nothing came for so long, no comment either, in milliseconds, and at most a quarter more.
   * Default 45 000; bounds 1 to 2 147 483 647.
   */
  readonly silenceMs?: number;
  /** How old a stream may become before its session is ended in order, in milliseconds. Default none; bounds 1 to 2 147 483 647. */
  readonly maxAgeMs?: number;
  /** By how much chance shortens `maxAgeMs`, in milliseconds. Default a tenth of it; bounds 0 to `maxAgeMs`. */
  readonly maxAgeSpreadMs?: number;
  /** Source of chance for `maxAgeSpreadMs`. Default `Math.random`. */
  readonly random?: () => number;
  /** Timers of `silenceMs` and `maxAgeMs`. Default those of the host. */
  readonly clock?: Clock;
  /** Decides how long to wait, in milliseconds; without it `options.backoff` decides. */
  readonly retryDelay?: NonNullable<Connector<unknown>['retryDelay']>;
  /** Sorts errors. What it answers undefined for, and by default, the table in docs/sse.md sorts. */
  readonly isRetryable?: NonNullable<Connector<unknown>['isRetryable']>;
}

/** The options' defaults; each stands here only. */
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

/** The options with their defaults. */
export type Settings = Resolved<EventStreamOptions, typeof defaults> &
  MessageSettings<EventStreamMessage, EventStreamSession> &
  Required<Pick<EventStreamOptions, 'isRetryable'>>;

/** @throws InvalidOptionError that names the option, what was expected and what came */
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
    // One at a time: ids are in order.
    maxInFlight: 1,
    maxWaiting: Infinity,
    isRetryable: isRetryableBy(isRetryableEventStreamError, settings.isRetryable),
  };
}
