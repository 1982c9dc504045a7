import {
  checkBoolean,
  checkFunction,
  checkOneOf,
  checkRange,
  checkWebSocketClass,
  checkWebSocketUrl,
  MAX_TIMER_MS,
  type Resolved,
  resolveOptions,
} from '../../core/check.js';
import type { Clock } from '../../core/clock.js';
import type { ConnectContext, Connector } from '../../core/connector.js';
import { InvalidOptionError } from '../../core/errors.js';
import { checkLifetime } from '../lifetime.js';
import type { PerAttempt } from '../perAttempt.js';
import { checkCloseCode } from './close.js';
import { type HeartbeatOptions, type HeartbeatSettings, resolveHeartbeat } from './heartbeat.js';
import { isRetryableBy } from '../isRetryableBy.js';
import { isRetryableWebSocketError } from './isRetryable.js';
import { nodeSide } from './nodeSide.js';
import type { WebSocketSession } from './session.js';
import type { WebSocketBinaryType, WebSocketClass } from './socketLike.js';
import { checkProtocols, checkSocketOptions } from './target.js';

/** Where to connect to, and what to do there. */
export interface WebSocketConnectorOptions<
  TOutput = void,
  TBinary extends WebSocketBinaryType = 'uint8array',
> {
  /** An absolute ws: or wss: URL; a function is called at each attempt, so that a token in it is fresh. */
  readonly url: PerAttempt<string | URL>;
  /** Subprotocols to offer; a function is called at each attempt. Default: none. */
  readonly protocols?: PerAttempt<string | readonly string[]>;
  /** The class to use. Default: the global `WebSocket`; Node 20 has none, so pass that of the package `ws`. */
  readonly WebSocket?: WebSocketClass;
  /**
   * The third argument of the class. For `ws` these are its client options, such as `headers`, `ca`, `maxPayload`; for
   * Node's own class only `headers` and `dispatcher`. A function is called at each attempt. Not supported by browsers.
   * Default: none.
   */
  readonly socketOptions?: PerAttempt<object | undefined>;
  /**
   * The type of binary messages. `blob` needs a class that supports it, `nodebuffer` needs `ws`; other classes refuse
   * them at the first attempt. Default: `uint8array`.
   */
  readonly binaryType?: TBinary;
  /**
   * Exchanges messages before the session counts as connected; it reads from the same queue as `run`. Default: none.
   */
  readonly handshake?: (
    session: WebSocketSession<TBinary>,
    attempt: ConnectContext,
  ) => PromiseLike<void>;
  /**
   * Detects a silent server; false disables it. Default: a ping every 30 000 ms if the class can ping, as that of `ws`
   * can, else none; this default ends no session before the link has received its first pong.
   */
  readonly heartbeat?: HeartbeatOptions<TBinary> | false;
  /**
   * How long there may be no sign of life before the session ends with SilenceError, in milliseconds; detection takes
   * up to a quarter longer. Unlike a heartbeat, this sends nothing. Default: none. Bounds: 1 to 2 147 483 647.
   */
  readonly silenceMs?: number;
  /**
   * How old a session may become, in milliseconds: then it ends without an error, and the link connects again, for
   * example to a new server behind a load balancer. Default: none. Bounds: 1 to 2 147 483 647.
   */
  readonly maxAgeMs?: number;
  /**
   * Maximum of the random time by which `maxAgeMs` is shortened, in milliseconds. Default: a tenth of `maxAgeMs`.
   * Bounds: 0 to `maxAgeMs`.
   */
  readonly maxAgeSpreadMs?: number;
  /**
   * How long a close waits for the peer's close frame, in milliseconds. The time starts again whenever pending data has
   * been sent; in total it is at most four times as long. Keep that below `gracePeriodMs`. Default: 1000. Bounds: 0 to
   * 2 147 483 647.
   */
  readonly closeTimeoutMs?: number;
  /** The close code of a release. Default: 1000. Bounds: 1000, or 3000 to 4999. */
  readonly closeCode?: number;
  /**
   * Maximum length of a message in bytes, after decompression. A longer message ends the session. `ws` does not read it
   * to its end, because this number is passed to it as `maxPayload` (unless `socketOptions` contains a `maxPayload`);
   * other classes receive the whole message first. Default: 16 777 216. Bounds: 1 to 2 147 483 647.
   */
  readonly maxMessageBytes?: number;
  /**
   * How much is read ahead of `run`, in bytes; each waiting message counts its length plus 64. Up to this limit the end
   * of the WebSocket is noticed at once, whether `run` reads or not; beyond it `onOverflow` decides. Default:
   * 1 048 576, or 16 777 216 with `onOverflow: 'end'`. Bounds: 1 to Infinity.
   */
  readonly readAheadBytes?: number;
  /**
   * The behaviour beyond `readAheadBytes`. `pause` stops reading from the network until `run` has read the waiting
   * messages down to half of the limit. That slows the server down, but its end is noticed only after the pause, or
   * when a write or the heartbeat fails. `end` ends the session with MessageOverflowError. Default: `pause` if the
   * class can pause, such as that of `ws`, else `end`.
   */
  readonly onOverflow?: 'pause' | 'end';
  /** Number of unsent bytes above which `send` waits. Default: 1 048 576. Bounds: 0 to Infinity. */
  readonly highWaterMark?: number;
  /**
   * True to wait at least a random 5 to 30 s after the close codes 1012 and 1013, so that not all clients reconnect at
   * once. Default: true.
   */
  readonly delayAfterRestart?: boolean;
  /** Source of random numbers for `delayAfterRestart` and `maxAgeSpreadMs`. Default: `Math.random`. */
  readonly random?: () => number;
  /**
   * Sets the timers of `heartbeat`, `silenceMs`, `maxAgeMs`, `closeTimeoutMs` and `send`; a test passes
   * `virtualClock()`. Default: the global `setTimeout` and `clearTimeout`.
   */
  readonly clock?: Clock;
  /** Serves one open WebSocket until the session ends. */
  readonly run: Connector<WebSocketSession<TBinary>, TOutput>['run'];
  /** Decides how long to wait, in milliseconds; without it the link's option `backoff` decides. */
  readonly retryDelay?: NonNullable<Connector<WebSocketSession<TBinary>, TOutput>['retryDelay']>;
  /** Classifies errors. Where it returns undefined, and by default, the tables in docs/websocket.md decide. */
  readonly isRetryable?: NonNullable<Connector<WebSocketSession<TBinary>, TOutput>['isRetryable']>;
}

/** The options' only list of defaults. */
const defaults = {
  protocols: [],
  binaryType: 'uint8array' as never,
  delayAfterRestart: true,
  closeTimeoutMs: 1000,
  closeCode: 1000,
  maxMessageBytes: 16_777_216,
  highWaterMark: 1_048_576,
  // oxlint-disable-next-line no-restricted-properties -- the default of `random`
  random: Math.random,
};

const BINARY_TYPES: readonly WebSocketBinaryType[] = [
  'uint8array',
  'arraybuffer',
  'blob',
  'nodebuffer',
];

/** Defaults of `readAheadBytes`: a pause costs nothing, the end of a session does. */
const readAhead = { pause: 1_048_576, end: 16_777_216 };

export type Settings<TOutput, TBinary extends WebSocketBinaryType> = Omit<
  Resolved<WebSocketConnectorOptions<TOutput, TBinary>, typeof defaults>,
  'clock' | keyof Platform | 'isRetryable'
> & {
  readonly isRetryable: NonNullable<Connector<WebSocketSession<TBinary>, TOutput>['isRetryable']>;
  readonly clock: Clock;
  /** @throws InvalidOptionError where there is no class, or it cannot do what the options ask for */
  readonly platform: () => Platform;
};

/** Properties of the class. */
export interface Platform {
  readonly WebSocket: WebSocketClass;
  /** True if the class is Node's own. */
  readonly isNodes: boolean;
  readonly heartbeat: HeartbeatSettings | undefined;
  readonly onOverflow: 'pause' | 'end';
  readonly readAheadBytes: number;
}

/** @throws InvalidOptionError that names the option, the expected and the received value */
export function resolveSettings<TOutput, TBinary extends WebSocketBinaryType>(
  options: WebSocketConnectorOptions<TOutput, TBinary>,
): Settings<TOutput, TBinary> {
  const settings: Resolved<
    WebSocketConnectorOptions<TOutput, TBinary>,
    typeof defaults
  > = resolveOptions(options, defaults, [
    'url',
    'WebSocket',
    'socketOptions',
    'handshake',
    'heartbeat',
    'silenceMs',
    'maxAgeMs',
    'maxAgeSpreadMs',
    'readAheadBytes',
    'onOverflow',
    'clock',
    'run',
    'retryDelay',
    'isRetryable',
  ]);
  const { url, protocols, socketOptions, clock = globalThis } = settings;
  if (typeof url !== 'function') checkWebSocketUrl(url);
  if (typeof protocols !== 'function') checkProtocols(protocols);
  if (typeof socketOptions !== 'function') checkSocketOptions(socketOptions, false);
  checkFunction('run', settings.run);
  for (const name of ['handshake', 'retryDelay', 'isRetryable'] as const) {
    if (settings[name] !== undefined) checkFunction(name, settings[name]);
  }
  checkRange('closeTimeoutMs', settings.closeTimeoutMs, 0, MAX_TIMER_MS);
  checkOneOf('binaryType', settings.binaryType, BINARY_TYPES);
  checkBoolean('delayAfterRestart', settings.delayAfterRestart);
  checkCloseCode('closeCode', settings.closeCode);
  checkRange('maxMessageBytes', settings.maxMessageBytes, 1, 2 ** 31 - 1);
  checkRange('highWaterMark', settings.highWaterMark, 0, Infinity);
  checkLifetime({ ...settings, clock });
  const classOf = () => settings.WebSocket ?? globalThis.WebSocket;
  let resolved: Platform | undefined;
  const platform = () => (resolved ??= resolvePlatform(settings, checkWebSocketClass(classOf())));
  // A server that renders a page has no class, and makes no connections.
  if (classOf() !== undefined) platform();
  return {
    ...settings,
    clock,
    isRetryable: isRetryableBy(isRetryableWebSocketError, settings.isRetryable),
    platform,
  };
}

function resolvePlatform<TOutput, TBinary extends WebSocketBinaryType>(
  options: WebSocketConnectorOptions<TOutput, TBinary>,
  WebSocket: WebSocketClass,
): Platform {
  const onOverflow = resolveOnOverflow(options.onOverflow, WebSocket);
  const readAheadBytes = options.readAheadBytes ?? readAhead[onOverflow];
  checkRange('readAheadBytes', readAheadBytes, 1, Infinity);
  const heartbeat = resolveHeartbeat(options.heartbeat, WebSocket);
  const isNodes = nodeSide.isOwnClass(WebSocket);
  if (typeof options.socketOptions !== 'function') {
    checkSocketOptions(options.socketOptions, isNodes);
  }
  if (isNodes && options.WebSocket === undefined) {
    nodeSide.warn('SCHMOOZER_NODE_WEBSOCKET');
  }
  return { WebSocket, isNodes, heartbeat, onOverflow, readAheadBytes };
}

function resolveOnOverflow(value: unknown, { prototype }: WebSocketClass): 'pause' | 'end' {
  const canPause = typeof (prototype as { pause?: unknown } | undefined)?.pause === 'function';
  const choice = checkOneOf('onOverflow', value ?? (canPause ? 'pause' : 'end'), ['pause', 'end']);
  if (choice === 'end' || canPause) return choice;
  throw new InvalidOptionError('onOverflow', "'end': this WebSocket cannot be paused", value);
}
