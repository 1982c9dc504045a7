import {
  checkAtLeast,
  checkBoolean,
  checkFunction,
  checkNames,
  checkObject,
  checkOneOf,
} from '../core/check.js';
import { Continue } from '../core/connector.js';
import { InvalidOptionError } from '../core/errors.js';
import type { WebSocketConnectorOptions } from '../connectors/websocket/options.js';
import type { WebSocketBinaryType } from '../connectors/websocket/socketLike.js';
import {
  defaults as defaultsOfMachine,
  optionNames,
  type ReconnectOptions,
} from '../machine/settings.js';
import type { ReconnectEmitted } from '../machine/vocabulary.js';
import type { Backoff } from '../policy/backoff.js';
import type { SocketCloseEvent } from './socketEvents.js';

/** The options of reconnecting-websocket and partysocket, under their names. */
interface OptionsOfOthers {
  /** The class to use. Default: the global `WebSocket`; Node 20 has none. */
  readonly WebSocket?: WebSocketConnectorOptions['WebSocket'];
  /**
   * Cap of the delays in milliseconds. Default: 10 000 if `minReconnectionDelay` or `reconnectionDelayGrowFactor` is
   * set; with none of the three, `backoff` decides. Bounds: >= 0.
   */
  readonly maxReconnectionDelay?: number;
  /**
   * First delay in milliseconds. Default: random between 1000 and 5000 if `maxReconnectionDelay` or
   * `reconnectionDelayGrowFactor` is set; with none of the three, `backoff` decides. Bounds: >= 0.
   */
  readonly minReconnectionDelay?: number;
  /**
   * Factor by which each delay is multiplied for the next. Default: 1.3 if `maxReconnectionDelay` or
   * `minReconnectionDelay` is set; with none of the three, `backoff` decides. Bounds: >= 1.
   */
  readonly reconnectionDelayGrowFactor?: number;
  /** Same as `stableAfterMs`, in milliseconds. Default: 10 000. Bounds: >= 0. */
  readonly minUptime?: number;
  /** Same as `connectTimeoutMs`, in milliseconds. Default: 20 000. Bounds: > 0. */
  readonly connectionTimeout?: number;
  /** Maximum number of attempts after a failed one. Default: `Infinity`. Bounds: >= 0. */
  readonly maxRetries?: number;
  /** Maximum number of messages that wait for a connection. Default: 1000. Bounds: >= 0, or `Infinity`. */
  readonly maxEnqueuedMessages?: number;
  /** True to wait for `reconnect()` before the first attempt. Default: false. */
  readonly startClosed?: boolean;
  /** Decides whether to reconnect after this end of a session or an attempt. Default: always. */
  readonly shouldReconnectOnClose?: (event: SocketCloseEvent) => boolean;
  /** True to log each event of the link with `debugLogger`. Default: false. */
  readonly debug?: boolean;
  /** Called with each event of the link while `debug` is true. Default: `console.log`. */
  readonly debugLogger?: (...args: unknown[]) => void;
}

/**
 * The options of a `ReconnectingWebSocket`. Options that another page explains have the defaults of that page, except
 * `failFast`, which is `'never'` here.
 */
export interface ReconnectingWebSocketOptions
  extends
    OptionsOfOthers,
    Omit<ReconnectOptions, 'resumePoint'>,
    Pick<
      WebSocketConnectorOptions<never, WebSocketBinaryType>,
      | 'clock'
      | 'closeTimeoutMs'
      | 'delayAfterRestart'
      | 'handshake'
      | 'heartbeat'
      | 'isRetryable'
      | 'maxAgeMs'
      | 'maxAgeSpreadMs'
      | 'maxMessageBytes'
      | 'readAheadBytes'
      | 'onOverflow'
      | 'silenceMs'
      | 'socketOptions'
    > {
  /** Maximum number of bytes that wait for a connection. Default: 1 048 576. Bounds: >= 0, or `Infinity`. */
  readonly maxEnqueuedBytes?: number;
  /**
   * How `close()` behaves. `'graceful'`: the state is `CLOSING` until the peer has answered, then the event follows, as
   * in WebSocket itself. `'immediate'`: the event and `CLOSED` follow at once, as in partysocket. Default:
   * `'graceful'`.
   */
  readonly closeMode?: 'graceful' | 'immediate';
  /** True if events of the page (online, visible, awake) skip a wait, or probe a session. Default: true in a page. */
  readonly wake?: boolean;
  /** Receives every event of the link: see docs/events.md. Errors that it throws go to the `logger`. Default: none. */
  readonly onEvent?: (event: ReconnectEmitted) => void;
  /** Receives errors that nothing else handles. Default: `console.log`. */
  readonly logger?: (...args: unknown[]) => void;
}

/** The option names, by the part that uses them. */
const names: Readonly<Record<'own' | 'connector' | 'machine', readonly string[]>> = {
  own: [
    'closeMode',
    'connectionTimeout',
    'debug',
    'debugLogger',
    'logger',
    'maxEnqueuedBytes',
    'maxEnqueuedMessages',
    'maxReconnectionDelay',
    'maxRetries',
    'minReconnectionDelay',
    'minUptime',
    'onEvent',
    'reconnectionDelayGrowFactor',
    'shouldReconnectOnClose',
    'startClosed',
    'wake',
  ],
  connector: [
    'WebSocket',
    'clock',
    'closeTimeoutMs',
    'delayAfterRestart',
    'handshake',
    'heartbeat',
    'isRetryable',
    'maxAgeMs',
    'maxAgeSpreadMs',
    'maxMessageBytes',
    'onOverflow',
    'random',
    'readAheadBytes',
    'silenceMs',
    'socketOptions',
  ],
  machine: optionNames,
};

const defaults = {
  closeMode: 'graceful' as const,
  debug: false,
  maxEnqueuedBytes: 1_048_576,
  maxEnqueuedMessages: 1000,
  maxRetries: Infinity,
  startClosed: false,
  wake: true,
};

/** The options with their defaults, and those passed to the connector and the machine. */
export type SocketSettings = ReconnectingWebSocketOptions &
  Required<Pick<ReconnectingWebSocketOptions, keyof typeof defaults>> & {
    readonly connector: Partial<WebSocketConnectorOptions<never, WebSocketBinaryType>>;
    readonly machine: ReconnectOptions & { readonly backoff: Backoff };
  };

/** @throws InvalidOptionError that names the option, the expected and the received value */
export function resolveSocketOptions(options: ReconnectingWebSocketOptions): SocketSettings {
  checkObject('options', options);
  const given = Object.fromEntries(
    Object.entries(options).filter(([, value]) => (value ?? undefined) !== undefined),
  );
  checkNames(given, Object.values(names).flat());
  const settings = { ...defaults, ...(given as ReconnectingWebSocketOptions) };
  for (const name of ['debug', 'startClosed', 'wake'] as const) checkBoolean(name, settings[name]);
  for (const name of ['debugLogger', 'logger', 'onEvent', 'shouldReconnectOnClose'] as const) {
    if (settings[name] !== undefined) checkFunction(name, settings[name]);
  }
  for (const name of ['maxEnqueuedBytes', 'maxEnqueuedMessages', 'maxRetries'] as const) {
    checkAtLeast(name, settings[name], 0);
  }
  checkOneOf('closeMode', settings.closeMode, ['graceful', 'immediate']);
  const of = (taken: readonly string[]) =>
    Object.fromEntries(Object.entries(given).filter(([name]) => taken.includes(name)));
  return {
    ...settings,
    connector: of(names.connector),
    machine: {
      failFast: 'never',
      ...of(names.machine),
      ...alias(settings, 'minUptime', 'stableAfterMs'),
      ...alias(settings, 'connectionTimeout', 'connectTimeoutMs'),
      backoff: resolveBackoff(settings),
    },
  };
}

/** Resolves an option that has two names. */
function alias(
  options: ReconnectingWebSocketOptions,
  theirs: 'minUptime' | 'connectionTimeout',
  ours: 'stableAfterMs' | 'connectTimeoutMs',
): ReconnectOptions {
  const value = options[theirs];
  if (value === undefined) return {};
  if (options[ours] === undefined) return { [ours]: value };
  throw new InvalidOptionError(theirs, `left out: \`${ours}\` is the same`, value);
}

/** The backoff of the other libraries: growing delays, with one random first delay per client. */
function resolveBackoff(options: ReconnectingWebSocketOptions): Backoff {
  const { backoff, random = defaultsOfMachine.random } = options;
  const { minReconnectionDelay, reconnectionDelayGrowFactor, maxReconnectionDelay } = options;
  const given = minReconnectionDelay ?? reconnectionDelayGrowFactor ?? maxReconnectionDelay;
  if (given === undefined) return backoff ?? defaultsOfMachine.backoff;
  if (backoff !== undefined) {
    const expected = 'left out, or the delay options of other libraries';
    throw new InvalidOptionError('backoff', expected, backoff);
  }
  const min = checkAtLeast(
    'minReconnectionDelay',
    minReconnectionDelay ?? 1000 + random() * 4000,
    0,
  );
  const factor = checkAtLeast('reconnectionDelayGrowFactor', reconnectionDelayGrowFactor ?? 1.3, 1);
  const max = checkAtLeast('maxReconnectionDelay', maxReconnectionDelay ?? 10_000, 0);
  return ({ attempt }) => Continue(Math.min(max, min * factor ** (attempt - 1)));
}
