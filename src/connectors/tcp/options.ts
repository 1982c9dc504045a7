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
  /** Name or address, not empty; a function is called at each attempt, so that it can move. Required without `path` and `target`. */
  readonly host?: PerAttempt<string>;
  /** The port of the host; a function is called at each attempt. Required beside `host`; bounds: an integer from 1 to 65 535. */
  readonly port?: PerAttempt<number>;
  /** A unix socket, or a pipe of Windows, in place of `host` and `port`; a function is called at each attempt. Default none. */
  readonly path?: PerAttempt<string>;
  /**
   * `true` or Node's TLS options to speak TLS; a function is called at each attempt, so that credentials
   * are fresh. Default `false`.
   */
  readonly tls?: PerAttempt<boolean | TlsOptions>;
  /** `host` and `port`, or `path`, and `tls` as one answer, in place of these; a function is called at each attempt. Default none. */
  readonly target?: PerAttempt<TcpTarget>;
  /**
   * Makes the stream that leads to `host` and `port`, such as through a proxy, in place of Node; TLS is spoken over it if `tls`
   * says so. What it makes too late is destroyed. Default none.
   */
  readonly open?: (target: TcpAddress, attempt: ConnectContext) => TSocket | PromiseLike<TSocket>;
  /** Options of Node's `net.connect` that pass through; a function is called at each attempt. Default none. */
  readonly socketOptions?: PerAttempt<TcpSocketOptions | undefined>;
  /** What must be said before the session counts as connected; what it leaves unread is for `run`. Default none. */
  readonly handshake?: (socket: TSocket, attempt: ConnectContext) => PromiseLike<unknown>;
  /** Sends small writes at once, without Nagle's wait for more. Default `false`. */
  readonly noDelay?: boolean;
  /** Probes a silent peer, so that a dead one is noticed. Default `false`. */
  readonly keepAlive?: boolean;
  /**
   * Silence before the first probe, in milliseconds; the system counts whole seconds. Default: the
   * system's, often two hours; bounds 1000 to 32 767 000.
   */
  readonly keepAliveDelayMs?: number;
  /**
   * How long a release waits for the peer's end before the socket is destroyed, in milliseconds. Keep
   * it below `gracePeriodMs`. Default 1000; bounds 0 to 2 147 483 647.
   */
  readonly closeTimeoutMs?: number;
  /**
   * How much may wait to be read before the socket is paused, in bytes; up to there the end of a session is seen,
   * whatever `run` reads. Default 1 048 576; bounds 0 to Infinity, and no less than Node's own buffer, 16 or 64 KiB.
   */
  readonly readAheadBytes?: number;
  /**
   * What follows when more waits to be read: `'pause'` holds the peer up until `run` reads, and sees no end before
   * that; `'end'` ends the session with ReadOverflowError. Default `'pause'`.
   */
  readonly onOverflow?: 'pause' | 'end';
  /** How long nothing may come in before the session ends with SilenceError, in milliseconds. Default none; bounds 1 to 2 147 483 647. */
  readonly silenceMs?: number;
  /**
   * How old a connection may become before its session is ended in order, so that a name is looked up again, in milliseconds.
   * Default none; bounds 1 to 2 147 483 647.
   */
  readonly maxAgeMs?: number;
  /** By how much chance shortens `maxAgeMs`, in milliseconds. Default a tenth of it; bounds 0 to `maxAgeMs`. */
  readonly maxAgeSpreadMs?: number;
  /** Source of chance for `maxAgeSpreadMs`. Default `Math.random`. */
  readonly random?: () => number;
  /** Timers of `silenceMs` and `maxAgeMs`. Default those of the host. */
  readonly clock?: Clock;
  /** Resolves names in place of Node's `dns.lookup`. Default `dns.lookup`. */
  readonly lookup?: LookupFunction;
  /** Serves one connected socket until the session ends. */
  readonly run: Connector<TSocket, TOutput>['run'];
  /** Asks the peer for a sign of life on a `probe` command, such as that of `reconnectOnWake`; a rejection is a loss. Default none. */
  readonly probe?: NonNullable<Connector<TSocket, TOutput>['probe']>;
  /** Decides how long to wait, in milliseconds; without it `options.backoff` decides. */
  readonly retryDelay?: NonNullable<Connector<TSocket, TOutput>['retryDelay']>;
  /** Sorts errors. What it answers undefined for, and by default, the table in docs/tcp.md sorts. */
  readonly isRetryable?: NonNullable<Connector<TSocket, TOutput>['isRetryable']>;
}

/**
 * The options' defaults; each stands here only. That of `tls` is where it is asked for: null, which may be a
 * certificate that was not found, must not be taken for false.
 */
const defaults = {
  noDelay: false,
  keepAlive: false,
  closeTimeoutMs: 1000,
  readAheadBytes: 1_048_576,
  onOverflow: 'pause' as const,
  // oxlint-disable-next-line no-restricted-properties -- the default of `random`
  random: Math.random,
  clock: globalThis as Clock,
};

/** Those that may be left out. */
const functions = ['lookup', 'open', 'handshake', 'probe', 'retryDelay', 'isRetryable'] as const;

/** The options with their defaults. */
export type Settings<TOutput, TSocket extends Duplex> = Resolved<
  TcpConnectorOptions<TOutput, TSocket>,
  typeof defaults
> &
  Required<Pick<TcpConnectorOptions<TOutput, TSocket>, 'isRetryable'>>;

/** @throws InvalidOptionError that names the option, what was expected and what came */
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
      'keepAliveDelayMs',
      'silenceMs',
      'maxAgeMs',
      'maxAgeSpreadMs',
      'run',
      ...functions,
    ],
  );
  const { keepAliveDelayMs } = settings;
  checkWhere(settings);
  if (settings.open !== undefined) refuse(settings, ['path', 'socketOptions', 'lookup'], 'open');
  checkBoolean('noDelay', settings.noDelay);
  checkBoolean('keepAlive', settings.keepAlive);
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
  return { ...settings, isRetryable: isRetryableBy(isRetryableTcpError, settings.isRetryable) };
}
