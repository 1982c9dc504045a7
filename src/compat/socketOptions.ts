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

/** The options that reconnecting-websocket and partysocket know, by their names. */
interface OptionsOfOthers {
  /** `WebSocket`'s first argument to the class to use. Default the global one; Node 20 has none. */
  readonly WebSocket?: WebSocketConnectorOptions['WebSocket'];
  /** Cap of the delays, in milliseconds. Default 10 000 if another option of the three is given; bounds >= 0. */
  readonly maxReconnectionDelay?: number;
  /** The first delay, in milliseconds. Default 1000 to 5000, by chance, if another option of the three is given; bounds >= 0. */
  readonly minReconnectionDelay?: number;
  /** What a delay is multiplied by for the next. Default 1.3 if another option of the three is given; bounds >= 1. */
  readonly reconnectionDelayGrowFactor?: number;
  /** The same as `stableAfterMs`, in milliseconds. Default 10 000; bounds >= 0. */
  readonly minUptime?: number;
  /** The same as `connectTimeoutMs`, in milliseconds. Default 20 000; bounds > 0. */
  readonly connectionTimeout?: number;
  /** How many attempts follow a failed one before it is left at that. Default `Infinity`; bounds >= 0. */
  readonly maxRetries?: number;
  /** How many messages may wait for a connection. Default 1000; bounds >= 0 or `Infinity`. */
  readonly maxEnqueuedMessages?: number;
  /** Whether nothing is done before `reconnect()`. Default false. */
  readonly startClosed?: boolean;
  /** Whether to go on after this end of a session, or of an attempt. Default: always. */
  readonly shouldReconnectOnClose?: (event: SocketCloseEvent) => boolean;
  /** Whether each event of the link goes to `debugLogger`. Default false. */
  readonly debug?: boolean;
  /** Called with each event of the link while `debug` is true. Default `console.log`. */
  readonly debugLogger?: (...args: unknown[]) => void;
}

/** What a `ReconnectingWebSocket` can be told. */
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
  /** How many bytes may wait for a connection. Default 1 048 576; bounds >= 0 or `Infinity`. */
  readonly maxEnqueuedBytes?: number;
  /**
   * What `close()` does. `'graceful'`: `CLOSING` until the peer has agreed, then the event, as WebSocket itself.
   * `'immediate'`: the event and `CLOSED` at once, as partysocket. Default `'graceful'`.
   */
  readonly closeMode?: 'graceful' | 'immediate';
  /** Whether news of the page (online, visible, awake) skip a wait, or ask a session for a sign of life. Default true in a page. */
  readonly wake?: boolean;
  /** Hears every event of the link: see docs/events.md. What it throws goes to the `logger`. Default none. */
  readonly onEvent?: (event: ReconnectEmitted) => void;
  /** Hears of errors that have no other taker. Default `console.log`. */
  readonly logger?: (...args: unknown[]) => void;
}

/** Who takes which. */
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

/** The options with their defaults, and those that go to others. */
export type SocketSettings = ReconnectingWebSocketOptions &
  Required<Pick<ReconnectingWebSocketOptions, keyof typeof defaults>> & {
    readonly connector: Partial<WebSocketConnectorOptions<never, WebSocketBinaryType>>;
    readonly machine: ReconnectOptions & { readonly backoff: Backoff };
  };

/** @throws InvalidOptionError that names the option, what was expected and what came */
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

/** An option that goes by two names. */
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

/** Of the others: delays that grow, and are the same for all who say what they are. */
function resolveBackoff(options: ReconnectingWebSocketOptions): Backoff {
  const { backoff, random = defaultsOfMachine.random } = options;
  const { minReconnectionDelay, reconnectionDelayGrowFactor, maxReconnectionDelay } = options;
  const given = minReconnectionDelay ?? reconnectionDelayGrowFactor ?? maxReconnectionDelay;
  if (given === undefined) return backoff ?? defaultsOfMachine.backoff;
  if (backoff !== undefined) {
    const expected = 'left out, or the delays of other libraries';
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
