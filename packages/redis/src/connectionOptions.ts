import type { ConnectionOptions as TlsOptions } from 'node:tls';
import { type Connector, InvalidOptionError } from 'schmoozer/compiled';
import type { PerAttempt } from 'schmoozer/messages';
import { type Address, addressOf } from './address.js';

/** The login: a user of the server's access list, or the password of the user `default`. */
export interface RedisLogin {
  /** The name of the user. Default: `default`. */
  readonly username?: string;
  /** The password; required. */
  readonly password: string;
}

/** The options of every connector of this package. */
export interface RedisConnectionOptions {
  /**
   * `redis://user:password@host:6379/0`, `rediss:` for TLS, or `unix:///path`. Its login is used if there is no
   * `login`.
   */
  readonly url: string;
  /**
   * The login of this client; a function is called at each attempt. It replaces the whole login in the URL, including
   * the name. Default: none.
   */
  readonly login?: PerAttempt<RedisLogin | undefined>;
  /** Options of `tls.connect`, such as `{ ca }`; with them a URL without `rediss:` is refused. Default: none. */
  readonly tls?: TlsOptions;
  /** The name of the connection in `CLIENT LIST`. Default: none. */
  readonly clientName?: string;
  /**
   * How often the server is pinged, and how long its answer may take, in milliseconds. Default: 10 000. Bounds: 1 to
   * 2147483647.
   */
  readonly heartbeatMs?: number;
  /** Classifies errors. Where it returns undefined, and by default, `isRetryableRedisError` decides. */
  readonly isRetryable?: NonNullable<Connector<unknown>['isRetryable']>;
  /** Decides how long to wait, in milliseconds; without it the link's option `backoff` decides. */
  readonly retryDelay?: NonNullable<Connector<unknown>['retryDelay']>;
}

/** The names of the options without a default. */
export const connectionOptionNames = [
  'url',
  'login',
  'tls',
  'clientName',
  'isRetryable',
  'retryDelay',
] as const;

export const connectionDefaults = { heartbeatMs: 10_000 };

/** The checked options with their defaults. */
export interface ConnectionSettings extends Omit<RedisConnectionOptions, 'heartbeatMs'> {
  readonly heartbeatMs: number;
  readonly address: Address;
}

/** @throws InvalidOptionError that names the option, the expected and the received value */
export function resolveConnection<T extends Omit<ConnectionSettings, 'address'>>(
  settings: T,
): T & ConnectionSettings {
  const { tls, clientName, heartbeatMs } = settings;
  if (tls !== undefined && (typeof tls !== 'object' || tls === null)) {
    throw new InvalidOptionError('tls', 'an object', tls, typeof tls);
  }
  checkTls(tls);
  const address = addressOf(settings.url, tls);
  // Redis accepts only these characters.
  if (clientName !== undefined && !/^[!-~]+$/.test(clientName)) {
    throw new InvalidOptionError('clientName', 'a string without spaces', clientName);
  }
  checkMs('heartbeatMs', heartbeatMs, 1);
  for (const name of ['isRetryable', 'retryDelay'] as const) {
    const value = settings[name];
    if (value !== undefined && typeof value !== 'function') {
      throw new InvalidOptionError(name, 'a function', value);
    }
  }
  return { ...settings, address };
}

/** Refuses TLS options that would replace the server of the URL, or be ignored. */
function checkTls(tls: object | undefined): void {
  for (const name of ['host', 'port', 'path', 'socket']) {
    if ((tls as Record<string, unknown> | undefined)?.[name] === undefined) continue;
    throw new InvalidOptionError(
      `tls.${name}`,
      'left out: `url` says where the server is',
      undefined,
      'one',
    );
  }
}

export function checkMs(option: string, value: unknown, min: number): void {
  if (typeof value === 'number' && value >= min && value < 2 ** 31) return;
  throw new InvalidOptionError(option, `a number from ${min} to 2147483647`, value);
}

export function checkText(option: string, value: unknown): void {
  if (typeof value === 'string' && value !== '') return;
  throw new InvalidOptionError(option, 'a string that is not empty', value);
}

/** @throws InvalidOptionError when `login` has returned something else, which is not shown */
export function checkLogin(value: RedisLogin): RedisLogin {
  const { username, password, ...others } = Object(value) as Record<string, unknown>;
  const isName = username === undefined || typeof username === 'string';
  // With a name under a wrong name, the password would be that of the user `default`.
  const isAll = Object.values(others).every((one) => one === undefined);
  if (isName && typeof password === 'string' && isAll) return value;
  const expected = 'an object with `password`, and optionally `username`';
  throw new InvalidOptionError('login', expected, value, typeof value);
}
