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
  /** Subprotocols to offer; a function is called at each attempt. Default none. */
  readonly protocols?: PerAttempt<string | readonly string[]>;
  /** The class to use. Default the global `WebSocket`; Node 20 has none, pass that of the package `ws`. */
  readonly WebSocket?: WebSocketClass;
  /**
   * The third argument of the class: for `ws` its client options, such as `headers`, `ca`, `maxPayload`; for Node's own
   * class `headers` and `dispatcher`, and nothing else; a function is called at each attempt. Browsers have no such
   * thing. Default none.
   */
  readonly socketOptions?: PerAttempt<object | undefined>;
  /**
   * What the bytes of a message come as. `blob` where the class knows it, `nodebuffer` with `ws`; other classes refuse
   * them at the first attempt. Default `uint8array`.
   */
  readonly binaryType?: TBinary;
  /** What must be said before the session counts as connected; it reads the same messages as `run`. Default none. */
  readonly handshake?: (
    session: WebSocketSession<TBinary>,
    attempt: ConnectContext,
  ) => PromiseLike<void>;
  /**
   * Notices a server that has fallen silent; false is none. Default with a class that has `ping` and hears a pong, as that
   * of `ws`: a ping every 30 000 ms, which ends a session only once this link has seen a pong; else none.
   */
  readonly heartbeat?: HeartbeatOptions<TBinary> | false;
  /**
   * Ends the session with SilenceError when there was no sign of life for so long, in milliseconds, and at most a quarter
   * more; nothing is sent for it. Default none; bounds 1 to 2 147 483 647.
   */
  readonly silenceMs?: number;
  /**
   * How old a WebSocket may become before its session is ended in order, so that a balancer is followed, in milliseconds.
   * Default none; bounds 1 to 2 147 483 647.
   */
  readonly maxAgeMs?: number;
  /** By how much chance shortens `maxAgeMs`, in milliseconds. Default a tenth of it; bounds 0 to `maxAgeMs`. */
  readonly maxAgeSpreadMs?: number;
  /**
   * How long a close waits for the peer to agree, in milliseconds, counted from when what was sent last moved on its way
   * out; four of it in all. Keep that below `gracePeriodMs`. Default 1000; bounds 0 to 2 147 483 647.
   */
  readonly closeTimeoutMs?: number;
  /** What a release closes with. Default 1000; bounds 1000, or 3000 to 4999. */
  readonly closeCode?: number;
  /**
   * The longest message that is taken, in bytes, after decompression. `ws` stops reading a longer one (its `maxPayload`, unless
   * `socketOptions` has one); other platforms hand over a message whole, so there it ends the session only when it is
   * there. Default 16 777 216; bounds 1 to 2 147 483 647.
   */
  readonly maxMessageBytes?: number;
  /**
   * What is read ahead of `run`, in bytes; each message that waits counts its length and 64. Up to here the end of the
   * WebSocket is seen at once, whether `run` reads or not; beyond it `onOverflow` decides. Default 1 048 576, and
   * 16 777 216 with `onOverflow: 'end'`; bounds 1 to Infinity.
   */
  readonly readAheadBytes?: number;
  /**
   * What happens beyond `readAheadBytes`. `pause` reads no further until half has been read: the server is slowed down,
   * but its end is seen only then, or when a write or the heartbeat fails. `end` ends the session with
   * MessageOverflowError. Default `pause` where the class can pause, as that of `ws`, else `end`.
   */
  readonly onOverflow?: 'pause' | 'end';
  /** Bytes that may wait to go out before `send` holds back. Default 1 048 576; bounds 0 to Infinity. */
  readonly highWaterMark?: number;
  /**
   * Whether the next delay after the close codes 1012 and 1013 is at least 5 to 30 s, by chance, so that not all clients
   * come back at once. Default true.
   */
  readonly delayAfterRestart?: boolean;
  /** Source of chance for that delay, and for `maxAgeSpreadMs`. Default `Math.random`. */
  readonly random?: () => number;
  /** Timers of heartbeat, close and `send`. Default those of the host. */
  readonly clock?: Clock;
  /** Serves one open WebSocket until the session ends. */
  readonly run: Connector<WebSocketSession<TBinary>, TOutput>['run'];
  /** Decides how long to wait, in milliseconds; without it `options.backoff` decides. */
  readonly retryDelay?: NonNullable<Connector<WebSocketSession<TBinary>, TOutput>['retryDelay']>;
  /** Sorts errors. Default the tables in docs/websocket.md, whose fatal rows are permanent errors. */
  readonly isRetryable?: NonNullable<Connector<WebSocketSession<TBinary>, TOutput>['isRetryable']>;
}

/** The options' defaults; each stands here only. */
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

/** Of `readAheadBytes`: a pause costs nothing, to end a session does. */
const readAhead = { pause: 1_048_576, end: 16_777_216 };

/** The options with their defaults. */
export type Settings<TOutput, TBinary extends WebSocketBinaryType> = Omit<
  Resolved<WebSocketConnectorOptions<TOutput, TBinary>, typeof defaults>,
  'clock' | keyof Platform | 'isRetryable'
> & {
  readonly isRetryable: NonNullable<Connector<WebSocketSession<TBinary>, TOutput>['isRetryable']>;
  readonly clock: Clock;
  /** @throws InvalidOptionError where there is no class, or it cannot do what the options ask for */
  readonly platform: () => Platform;
};

/** What depends on the class. */
export interface Platform {
  readonly WebSocket: WebSocketClass;
  /** Whether it is Node's own. */
  readonly isNodes: boolean;
  readonly heartbeat: HeartbeatSettings | undefined;
  readonly onOverflow: 'pause' | 'end';
  readonly readAheadBytes: number;
}

/** @throws InvalidOptionError that names the option, what was expected and what came */
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
  // On a server that renders a page there is none, and nothing is connected there.
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
