import type { LookupFunction, Socket } from 'node:net';
import type { ConnectionOptions } from 'node:tls';
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
import type { Connector } from '../../core/connector.js';
import { InvalidOptionError, kindOf } from '../../core/errors.js';
import { isRetryableBy } from '../isRetryableBy.js';
import type { PerAttempt } from '../perAttempt.js';
import { isRetryableTcpError } from '../isRetryableTcpError.js';

/** Node's TLS options, without those that say where to connect to. */
export type TlsOptions = Omit<
  ConnectionOptions,
  'host' | 'port' | 'path' | 'socket' | 'lookup' | 'timeout'
>;

/** Where to connect to, and what to do there. */
export interface TcpConnectorOptions<TOutput = void> {
  /** Name or address, not empty; a function is called at each attempt, so that it can move. */
  readonly host: PerAttempt<string>;
  /** Integer 1 to 65 535; a function is called at each attempt. */
  readonly port: PerAttempt<number>;
  /**
   * `true` or Node's TLS options to speak TLS; a function is called at each attempt, so that credentials
   * are fresh. Default `false`.
   */
  readonly tls?: PerAttempt<boolean | TlsOptions>;
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
  /** Resolves names in place of Node's `dns.lookup`. */
  readonly lookup?: LookupFunction;
  /** Serves one connected socket until the session ends. */
  readonly run: Connector<Socket, TOutput>['run'];
  /** Decides how long to wait, in milliseconds; without it `options.backoff` decides. */
  readonly retryDelay?: NonNullable<Connector<Socket, TOutput>['retryDelay']>;
  /** Sorts errors. What it answers undefined for, and by default, the table in docs/tcp.md sorts. */
  readonly isRetryable?: NonNullable<Connector<Socket, TOutput>['isRetryable']>;
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
};

/** The options with their defaults. */
export type Settings<TOutput> = Resolved<TcpConnectorOptions<TOutput>, typeof defaults> &
  Required<Pick<TcpConnectorOptions<TOutput>, 'isRetryable'>>;

/** @throws InvalidOptionError that names the option, what was expected and what came */
export function resolveSettings<TOutput>(options: TcpConnectorOptions<TOutput>): Settings<TOutput> {
  const settings: Resolved<TcpConnectorOptions<TOutput>, typeof defaults> = resolveOptions(
    options,
    defaults,
    ['host', 'port', 'tls', 'keepAliveDelayMs', 'lookup', 'run', 'retryDelay', 'isRetryable'],
  );
  const { host, port, tls, noDelay, keepAlive, keepAliveDelayMs, closeTimeoutMs } = settings;
  if (typeof host !== 'function') checkHost(host);
  if (typeof port !== 'function') checkPort(port);
  if (tls !== undefined && typeof tls !== 'function') checkTls(tls);
  checkBoolean('noDelay', noDelay);
  checkBoolean('keepAlive', keepAlive);
  if (keepAliveDelayMs !== undefined) {
    checkRange('keepAliveDelayMs', keepAliveDelayMs, 1000, 32_767_000);
  }
  checkRange('closeTimeoutMs', closeTimeoutMs, 0, MAX_TIMER_MS);
  checkAtLeast('readAheadBytes', settings.readAheadBytes, 0);
  checkOneOf('onOverflow', settings.onOverflow, ['pause', 'end']);
  checkFunction('run', settings.run);
  for (const name of ['lookup', 'retryDelay', 'isRetryable'] as const) {
    if (settings[name] !== undefined) checkFunction(name, settings[name]);
  }
  return { ...settings, isRetryable: isRetryableBy(isRetryableTcpError, settings.isRetryable) };
}

/** Not what only a URL has, no port and no brackets, and nothing that is no character to be seen. */
const NAME = /^[^\s\p{C}/\\?#@:[\]]+$/u;
/** Of IPv6; the zone is a name on this machine. */
const ADDRESS = /^[\da-f:.]+(?:%[^\s\p{C}/\\?#@:[\]]+)?$/iu;

export function checkHost(host: unknown): string {
  if (typeof host !== 'string' || host === '') {
    throw new InvalidOptionError('host', 'a string that is not empty', host, kindOf(host));
  }
  // Node puts the name into its errors, and of a URL all that is secret.
  if (NAME.test(host) || ADDRESS.test(host)) return host;
  throw new InvalidOptionError('host', 'a name or an address alone', host, kindOf(host));
}

export function checkPort(port: unknown): number {
  if (Number.isInteger(port) && (port as number) >= 1 && (port as number) <= 65_535) {
    return port as number;
  }
  throw new InvalidOptionError('port', 'an integer from 1 to 65535', port);
}

export function checkTls(tls: unknown): boolean | TlsOptions {
  if (typeof tls === 'boolean') return tls;
  if (typeof tls === 'object' && tls !== null) return tls;
  throw new InvalidOptionError('tls', 'true, false or an object of TLS options', tls, kindOf(tls));
}
