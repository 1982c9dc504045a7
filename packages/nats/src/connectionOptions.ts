import type { Authenticator, NodeConnectionOptions } from '@nats-io/transport-node';
import { type Connector, InvalidOptionError } from 'schmoozer/compiled';
import type { PerAttempt } from 'schmoozer/messages';

/** The login: a user, a token, or an authenticator of the client, such as `credsAuthenticator(bytes)`. */
export type NatsLogin =
  | { readonly user: string; readonly pass?: string }
  | { readonly token: string }
  | { readonly authenticator: Authenticator };

/** The options of every connector of this package: servers, login, and classification of errors. */
export interface NatsConnectionOptions {
  /**
   * `host:port`, or a URL with `nats:` or `tls:`, without a query. If one of the URLs begins with `tls:`, servers without
   * TLS are refused. The client orders several at random, unless `clientOptions` contains `noRandomize`. A login in a URL
   * is used for all servers if there is no `login`; two different ones are refused.
   */
  readonly servers: string | readonly string[];
  /** The login of this client; a function is called at each attempt. It replaces a login in the URL. Default: none. */
  readonly login?: PerAttempt<NatsLogin | undefined>;
  /** TLS options of the client, such as `{ ca }`; with them a server without TLS is refused. Default: none. */
  readonly tls?: NodeConnectionOptions['tls'];
  /**
   * How often the server is pinged, in milliseconds; after two unanswered pings it counts as lost. Default: 15 000.
   * Bounds: >= 1.
   */
  readonly heartbeatMs?: number;
  /**
   * Further options of the client, such as `name`, except those that this package sets (`servers`, `port`, `reconnect`,
   * `pingInterval`, `maxPingOut`, `tls`, `user`, `pass`, `token`, `authenticator`) and those of the client's own
   * reconnect. Default: none.
   */
  readonly clientOptions?: Omit<NodeConnectionOptions, keyof typeof decided>;
  /** Classifies errors. Where it returns undefined, and by default, `isRetryableNatsError` decides. */
  readonly isRetryable?: NonNullable<Connector<unknown>['isRetryable']>;
  /** Decides how long to wait, in milliseconds; without it the link's option `backoff` decides. */
  readonly retryDelay?: NonNullable<Connector<unknown>['retryDelay']>;
}

/** Options of the client that this package sets itself, and those of the client's own reconnect, which is off. */
const decided = {
  servers: 0,
  port: 0,
  reconnect: 0,
  pingInterval: 0,
  maxPingOut: 0,
  tls: 0,
  user: 0,
  pass: 0,
  token: 0,
  authenticator: 0,
  maxReconnectAttempts: 0,
  reconnectTimeWait: 0,
  reconnectJitter: 0,
  reconnectJitterTLS: 0,
  reconnectDelayHandler: 0,
  waitOnFirstConnect: 0,
  ignoreAuthErrorAbort: 0,
};

export const connectionDefaults = { heartbeatMs: 15_000, clientOptions: {} };

/** The names of the options without a default. */
export const connectionNames = ['servers', 'login', 'tls', 'isRetryable', 'retryDelay'] as const;

type Optional = 'login' | 'tls' | 'isRetryable' | 'retryDelay';

/** The options of the connection with their defaults. */
export type ConnectionSettings = Required<Omit<NatsConnectionOptions, Optional>> &
  Pick<NatsConnectionOptions, Optional> & { readonly servers: readonly string[] };

/** @throws InvalidOptionError that names the option, the expected and the received value */
export function checkConnection<T extends NatsConnectionOptions & typeof connectionDefaults>(
  settings: T,
): T & { readonly servers: readonly string[] } {
  const { tls, heartbeatMs, clientOptions } = settings;
  const servers = listOf('servers', settings.servers).map((server) => server.trim());
  const { login } = withoutLogins(servers);
  if (settings.login === undefined) login();
  checkNumber('heartbeatMs', heartbeatMs, 1, 2 ** 31 - 1);
  for (const [name, value] of Object.entries({ tls, clientOptions })) {
    if (value !== undefined) checkObject(name, value);
  }
  checkTls(tls ?? undefined);
  for (const name of Object.keys(clientOptions)) {
    if (!Object.hasOwn(decided, name)) continue;
    const option = `clientOptions.${name}`;
    throw new InvalidOptionError(option, 'left out: this package sets it', undefined, 'one');
  }
  for (const name of ['isRetryable', 'retryDelay'] as const) {
    const value = settings[name];
    if (value !== undefined && typeof value !== 'function') {
      throw new InvalidOptionError(name, 'a function', value);
    }
  }
  return {
    ...settings,
    servers,
    ...(tls === undefined && servers.some(asksForTls) && { tls: {} }),
  };
}

/** Refuses TLS options that would replace the server of the URLs, or be ignored. */
function checkTls(tls: object | undefined): void {
  for (const name of ['host', 'port', 'path', 'socket']) {
    if ((tls as Record<string, unknown> | undefined)?.[name] === undefined) continue;
    throw new InvalidOptionError(
      `tls.${name}`,
      'left out: `servers` says where the servers are',
      undefined,
      'one',
    );
  }
}

/** The client removes the scheme: without the option `tls` a server without TLS would get the login unencrypted. */
function asksForTls(server: string): boolean {
  return /^tls:/i.test(server);
}

/**
 * Separates logins from URLs: the client would ignore them silently, and every other scheme and a query, too.
 *
 * @throws InvalidOptionError, which shows no part of a URL: it may contain a login
 */
export function withoutLogins(servers: readonly string[]): {
  readonly addresses: string[];
  /** Returns the login; throws if there are several, because each would be sent to all servers. */
  readonly login: () => NatsLogin | undefined;
} {
  const logins = new Set<string>();
  const addresses = servers.map((server) => {
    const [, scheme = '', login, rest] = /^([\w+.-]+:\/\/)?(?:(.*)@)?(.*)$/s.exec(
      server,
    ) as unknown as [string, string | undefined, string | undefined, string];
    if (!/^(?:nats:\/\/|tls:\/\/)?$/i.test(scheme) || /[?#]/.test(rest)) {
      const expected = '`host:port`, or a URL of nats: or tls: without a query';
      throw new InvalidOptionError('servers', expected, server, 'another');
    }
    if (login !== undefined) logins.add(login);
    return scheme + rest;
  });
  return {
    addresses,
    login() {
      const [login, ...others] = logins;
      if (others.length > 0) {
        const expected = 'URLs with the same login, unless there is a `login`';
        throw new InvalidOptionError('servers', expected, servers, 'several logins');
      }
      if (login === undefined) return undefined;
      const [name = '', pass] = login.split(/:(.*)/s, 2).map(decodeURIComponent);
      return pass === undefined ? { token: name } : { user: name, pass };
    },
  };
}

export function checkNumber(option: string, value: unknown, min: number, max: number): void {
  if (typeof value === 'number' && value >= min && value <= max) return;
  throw new InvalidOptionError(option, `a number from ${min} to ${max}`, value);
}

export function checkObject(option: string, value: unknown): void {
  if (typeof value === 'object' && value !== null) return;
  throw new InvalidOptionError(option, 'an object', value, typeof value);
}

export function checkText(option: string, value: unknown): void {
  if (isText(value)) return;
  throw new InvalidOptionError(option, 'a string that is not empty', value);
}

export function listOf(option: string, value: unknown): readonly string[] {
  const list: unknown[] = Array.isArray(value) ? [...value] : [value];
  if (list.length > 0 && list.every(isText)) return list;
  // It may contain a login.
  throw new InvalidOptionError(option, 'a string that is not empty, or several', value, 'another');
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}
