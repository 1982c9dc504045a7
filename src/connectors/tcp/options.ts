import type { LookupFunction, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import {
  checkAtLeast,
  checkBoolean,
  checkFunction,
  checkOneOf,
  checkRange,
  MAX_TIMER_MS,
  type Resolved,
  resolveOptions,
} from '../../core/check.js';
import type { Clock } from '../../core/clock.js';
import type { ConnectContext, Connector } from '../../core/connector.js';
import { isRetryableBy } from '../isRetryableBy.js';
import { checkLifetime } from '../lifetime.js';
import type { PerAttempt } from '../perAttempt.js';
import { isRetryableTcpError } from '../isRetryableTcpError.js';
import {
  checkWhere,
  refuse,
  type TcpAddress,
  type TcpSocketOptions,
  type TcpTarget,
  type TlsOptions,
} from './target.js';

/** Where to connect to, and what to do there. */
export interface TcpConnectorOptions<TOutput = void, TSocket extends Duplex = Socket> {
  /**
   * Name or address, not empty; a function is called at each attempt and may return another host. Required without
   * `path` and `target`.
   */
  readonly host?: PerAttempt<string>;
  /**
   * The port of the host; a function is called at each attempt. Required beside `host`. Bounds: an integer from 1 to
   * 65 535.
   */
  readonly port?: PerAttempt<number>;
  /**
   * Path of a unix socket, or of a Windows pipe, instead of `host` and `port`; a function is called at each attempt.
   * Default: none.
   */
  readonly path?: PerAttempt<string>;
  /**
   * `true` or Node's TLS options to use TLS; a function is called at each attempt, so that credentials are fresh, and
   * must not return undefined. Default: `false`.
   */
  readonly tls?: PerAttempt<boolean | TlsOptions>;
  /**
   * The whole destination in one object: `{ host, port, tls }` or `{ path, tls }`, instead of the options with these
   * names. A function is called at each attempt, so that the parts fit together. Default: none.
   */
  readonly target?: PerAttempt<TcpTarget>;
  /**
   * Creates the stream to `host` and `port` instead of Node, for example through a proxy; TLS is used over it if `tls`
   * is set. A stream that arrives too late is destroyed. Default: none.
   */
  readonly open?: (target: TcpAddress, attempt: ConnectContext) => TSocket | PromiseLike<TSocket>;
  /** Options that are passed on to Node's `net.connect`; a function is called at each attempt. Default: none. */
  readonly socketOptions?: PerAttempt<TcpSocketOptions | undefined>;
  /**
   * Exchanges messages before the session counts as connected; data that it leaves unread is for `run`. Default: none.
   */
  readonly handshake?: (socket: TSocket, attempt: ConnectContext) => PromiseLike<unknown>;
  /** Sends small writes at once, without Nagle's algorithm. Default: `false`. */
  readonly noDelay?: boolean;
  /** Probes a silent peer, so that a dead one is detected. Default: `false`, but `true` with `keepAliveDelayMs`. */
  readonly keepAlive?: boolean;
  /**
   * Silence before the first probe in milliseconds; the system counts whole seconds. Default: the system's, often two
   * hours. Bounds: 1000 to 32 767 000.
   */
  readonly keepAliveDelayMs?: number;
  /**
   * How long a release waits for the peer's end before it destroys the socket, in milliseconds. Keep it below
   * `gracePeriodMs`. Default: 1000. Bounds: 0 to 2 147 483 647.
   */
  readonly closeTimeoutMs?: number;
  /**
   * How much unread data is received before the socket is paused, in bytes. Up to this limit the end of a session is
   * noticed, whatever `run` reads. Default: 1 048 576. Bounds: 0 to Infinity; a value below Node's own buffer, 16 or 64
   * KiB, has the effect of that buffer.
   */
  readonly readAheadBytes?: number;
  /**
   * The reaction to more unread data: `'pause'` slows the peer down until `run` reads, and does not notice its end
   * before that; `'end'` ends the session with ReadOverflowError. Default: `'pause'`.
   */
  readonly onOverflow?: 'pause' | 'end';
  /**
   * How long the peer may send nothing before the session ends with SilenceError, in milliseconds. Default: none.
   * Bounds: 1 to 2 147 483 647.
   */
  readonly silenceMs?: number;
  /**
   * How old a session may become, in milliseconds: then it ends without an error, and the link connects again, with a
   * new look-up of the name. Default: none. Bounds: 1 to 2 147 483 647.
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
   * Sets the timers of `closeTimeoutMs`, `silenceMs` and `maxAgeMs`; a test passes `virtualClock()`. Default: the
   * global `setTimeout` and `clearTimeout`.
   */
  readonly clock?: Clock;
  /** Resolves names. Default: Node's `dns.lookup`. */
  readonly lookup?: LookupFunction;
  /** Serves one connected socket until the session ends. */
  readonly run: Connector<TSocket, TOutput>['run'];
  /**
   * Asks the peer for a sign of life on a `probe` command, such as one from `reconnectOnWake`; a rejection counts as a
   * loss. Default: none.
   */
  readonly probe?: NonNullable<Connector<TSocket, TOutput>['probe']>;
  /** Decides how long to wait, in milliseconds; without it the link's option `backoff` decides. */
  readonly retryDelay?: NonNullable<Connector<TSocket, TOutput>['retryDelay']>;
  /** Classifies errors. Where it returns undefined, and by default, the table in docs/tcp.md decides. */
  readonly isRetryable?: NonNullable<Connector<TSocket, TOutput>['isRetryable']>;
}

/**
 * The options' only list of defaults, except `tls`: its default is applied where it is read, because null, which may be
 * a certificate that was not found, must not count as false.
 */
const defaults = {
  noDelay: false,
  closeTimeoutMs: 1000,
  readAheadBytes: 1_048_576,
  onOverflow: 'pause' as const,
  // oxlint-disable-next-line no-restricted-properties -- the default of `random`
  random: Math.random,
  clock: globalThis as Clock,
};

/** The optional functions. */
const functions = ['lookup', 'open', 'handshake', 'probe', 'retryDelay', 'isRetryable'] as const;

export type Settings<TOutput, TSocket extends Duplex> = Resolved<
  TcpConnectorOptions<TOutput, TSocket>,
  typeof defaults
> &
  Required<Pick<TcpConnectorOptions<TOutput, TSocket>, 'isRetryable'>>;

/** @throws InvalidOptionError that names the option, the expected and the received value */
export function resolveSettings<TOutput, TSocket extends Duplex>(
  options: TcpConnectorOptions<TOutput, TSocket>,
): Settings<TOutput, TSocket> {
  const settings: Resolved<TcpConnectorOptions<TOutput, TSocket>, typeof defaults> = resolveOptions(
    options,
    defaults,
    [
      'host',
      'port',
      'path',
      'tls',
      'target',
      'socketOptions',
      'keepAlive',
      'keepAliveDelayMs',
      'silenceMs',
      'maxAgeMs',
      'maxAgeSpreadMs',
      'run',
      ...functions,
    ],
  );
  const { keepAliveDelayMs, keepAlive = keepAliveDelayMs !== undefined } = settings;
  checkWhere(settings);
  if (settings.open !== undefined) refuse(settings, ['path', 'socketOptions', 'lookup'], 'open');
  checkBoolean('noDelay', settings.noDelay);
  checkBoolean('keepAlive', keepAlive);
  if (keepAliveDelayMs !== undefined) {
    checkRange('keepAliveDelayMs', keepAliveDelayMs, 1000, 32_767_000);
  }
  checkRange('closeTimeoutMs', settings.closeTimeoutMs, 0, MAX_TIMER_MS);
  checkAtLeast('readAheadBytes', settings.readAheadBytes, 0);
  checkOneOf('onOverflow', settings.onOverflow, ['pause', 'end']);
  checkLifetime(settings);
  checkFunction('run', settings.run);
  for (const name of functions) {
    if (settings[name] !== undefined) checkFunction(name, settings[name]);
  }
  return {
    ...settings,
    keepAlive,
    isRetryable: isRetryableBy(isRetryableTcpError, settings.isRetryable),
  };
}
