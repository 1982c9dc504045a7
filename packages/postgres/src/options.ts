import type { ConnectionOptions } from 'node:tls';
import { type Connector, InvalidOptionError } from 'schmoozer/compiled';
import {
  type MessageOptions,
  type MessageSettings,
  type PerAttempt,
  type RedeliveryOptions,
  type RedeliverySettings,
  resolveMessageOptions,
  resolveRedeliveryOptions,
} from 'schmoozer/messages';
import type { PostgresQueries } from './postgresClient.js';

/** The login of this client. Missing fields are taken from the URL, then from the defaults of `pg`. */
export interface PostgresLogin {
  /** Bounds: not empty. */
  readonly user?: string;
  /** Bounds: not empty. */
  readonly password?: string;
}

/** The options of a connection, shared by listener and feed. */
export interface PostgresConnectionOptions {
  /**
   * `postgres://host:port/database`, or the directory of a socket; a function is called at each attempt. Parameters that
   * `pg` ignores although they protect the connection, such as `sslMode` or `require_auth`, are refused. Default: the
   * defaults of `pg`, such as `PGHOST`.
   */
  readonly url?: PerAttempt<string>;
  /** At least one channel, of at most 63 bytes each; names are used unchanged, with their case. */
  readonly channels: string | readonly string[];
  /** The login of this client; a function is called at each attempt. It replaces a login in the URL. Default: none. */
  readonly login?: PerAttempt<PostgresLogin | undefined>;
  /**
   * Node's TLS options, such as `{ ca }`; with them a server without TLS is refused, and `ssl…` in the URL is ignored.
   * `servername` is refused, unless the host is an IP address. Default: none.
   */
  readonly tls?: ConnectionOptions;
  /**
   * How often the server is asked for a sign of life, and how long its answer may take, in milliseconds. Default:
   * 10 000. Bounds: >= 1.
   */
  readonly heartbeatMs?: number;
  /**
   * Further options of the client, such as `application_name`, except those that this package sets, such as `stream`,
   * and beside a `url` those that it sets, such as `database`. Default: none.
   */
  readonly clientOptions?: Readonly<Record<string, unknown>>;
  /** Classifies errors. Where it returns undefined, and by default, `isRetryablePostgresError` decides. */
  readonly isRetryable?: NonNullable<Connector<unknown>['isRetryable']>;
  /** Decides how long to wait, in milliseconds; without it the link's option `backoff` decides. */
  readonly retryDelay?: NonNullable<Connector<unknown>['retryDelay']>;
}

/** The content of a `NOTIFY`. */
export interface PostgresNotification {
  /** The channel of the notification. */
  readonly channel: string;
  /** Empty if there was none. */
  readonly payload: string;
  /** The server process that sent the notification. */
  readonly processId: number;
}

/** Which channels are listened to, and what to do with their notifications. */
export interface PostgresListenerOptions
  extends PostgresConnectionOptions, MessageOptions<PostgresNotification> {}

/** The argument of a feed's `onSession`. */
export interface PostgresFeedSession<TCursor> {
  /** The session's number; the first is 1. */
  readonly epoch: number;
  /** Always false: the rows written while the link was offline follow. */
  readonly gap: false;
  /** The cursor after which the session reads; undefined at the beginning. */
  readonly after: TCursor | undefined;
}

/** Which rows are read, from where on, and what to do with them. */
export interface PostgresFeedOptions<TRow, TCursor>
  extends
    PostgresConnectionOptions,
    Omit<MessageOptions<TRow, PostgresFeedSession<TCursor>>, 'maxWaiting'>,
    RedeliveryOptions<TRow> {
  /**
   * Returns rows after a cursor, in order; a part is enough, limited by `LIMIT`. It is called at the beginning of a
   * session, after a notification, after rows, and each `pollMs`, until it returns none. Rows must become visible in
   * the order of their cursors: a row that appears before the cursor, because its transaction committed late, is never
   * read.
   */
  readonly read: (
    client: PostgresQueries,
    cursor: TCursor | undefined,
  ) => PromiseLike<readonly TRow[]>;
  /** The cursor of a row: `read` continues after it. */
  readonly cursorOf: (row: TRow) => TCursor;
  /**
   * Returns the position at which a session begins to read, such as a saved cursor. `last` is the cursor of the last
   * row that this connector has handled; undefined if there is none. Default: `last`.
   */
  readonly load?: (
    client: PostgresQueries,
    last: TCursor | undefined,
  ) => TCursor | undefined | PromiseLike<TCursor | undefined>;
  /** Saves a cursor when its row and all earlier ones have been handled; the next row waits. Default: none. */
  readonly save?: (client: PostgresQueries, cursor: TCursor) => unknown;
  /**
   * How often it reads without a notification, in milliseconds; soon after a notification it reads more often. Default:
   * 10 000. Bounds: >= 1; `Infinity` for never.
   */
  readonly pollMs?: number;
  /**
   * How long `read`, `load` and `save` may take before the server counts as lost, in milliseconds. Default:
   * `heartbeatMs`. Bounds: >= 1.
   */
  readonly queryTimeoutMs?: number;
}

/** Options of the client that this package sets itself. */
const decided = ['connectionString', 'stream', 'ssl', 'user', 'password', 'connection'];

/** The parameters of a URL that `pg` reads to set TLS. */
export const TLS_PARAMETERS: readonly string[] = [
  'ssl',
  'sslmode',
  'sslcert',
  'sslkey',
  'sslrootcert',
  'sslnegotiation',
  'uselibpqcompat',
];

const names = [
  'url',
  'channels',
  'login',
  'tls',
  'isRetryable',
  'retryDelay',
] as const satisfies readonly (keyof PostgresConnectionOptions)[];
const defaults = { heartbeatMs: 10_000, clientOptions: {} };
/** NAMEDATALEN - 1: `LISTEN` truncates longer names, and would receive nothing. */
const MAX_CHANNEL_BYTES = 63;

/** The options of a session with their defaults. */
export interface ConnectionSettings extends PostgresConnectionOptions {
  readonly channels: readonly string[];
  readonly heartbeatMs: number;
  readonly clientOptions: Readonly<Record<string, unknown>>;
}

/** The options of a feed with their defaults. */
export type FeedSettings<TRow, TCursor> = ConnectionSettings &
  MessageSettings<TRow, PostgresFeedSession<TCursor>> &
  RedeliverySettings<TRow> &
  Required<
    Pick<
      PostgresFeedOptions<TRow, TCursor>,
      'read' | 'cursorOf' | 'load' | 'pollMs' | 'queryTimeoutMs'
    >
  > &
  Pick<PostgresFeedOptions<TRow, TCursor>, 'save'>;

/** @throws InvalidOptionError that names the option, the expected and the received value */
export function resolveListener(
  options: PostgresListenerOptions,
): ConnectionSettings & MessageSettings<PostgresNotification> {
  const settings = resolveMessageOptions(options, defaults, names);
  return { ...settings, ...checkConnection(settings) };
}

/** @throws InvalidOptionError that names the option, the expected and the received value */
export function resolveFeed<TRow, TCursor>(
  options: PostgresFeedOptions<TRow, TCursor>,
): FeedSettings<TRow, TCursor> {
  const own = {
    ...defaults,
    load: (_client: PostgresQueries, last: TCursor | undefined) => last,
    pollMs: 10_000,
  };
  const settings = resolveRedeliveryOptions(options, own, [
    ...names,
    'read',
    'cursorOf',
    'save',
    'queryTimeoutMs',
  ]);
  if (Object.hasOwn(options, 'maxWaiting')) {
    throw new InvalidOptionError(
      'maxWaiting',
      'left out: rows wait at the server',
      undefined,
      'one',
    );
  }
  for (const name of ['read', 'cursorOf', 'load', 'save'] as const) {
    if (name !== 'save' || settings.save !== undefined) checkFunction(name, settings[name]);
  }
  if (settings.pollMs !== Infinity) checkMs('pollMs', settings.pollMs);
  const connection = checkConnection(settings);
  const { queryTimeoutMs = connection.heartbeatMs } = settings;
  checkMs('queryTimeoutMs', queryTimeoutMs);
  // `read` limits the number of waiting rows.
  return { ...settings, ...connection, queryTimeoutMs, maxWaiting: Infinity };
}

/** @throws InvalidOptionError without the value: it may be secret */
export function checkLogin(value: PostgresLogin | undefined): PostgresLogin | undefined {
  if (value === undefined) return undefined;
  const { user, password, ...others } = Object(value) as Record<string, unknown>;
  const isSet = [user, password].some((one) => one !== undefined);
  // A user under a wrong name would not be sent.
  const isAll = Object.values(others).every((one) => one === undefined);
  if (isSet && isAll && isLeftOutOrText(user, password)) return value;
  throw new InvalidOptionError('login', 'an object with `user` or `password`', value, typeof value);
}

/** Parameters of libpq that protect the connection, or choose the server, and that `pg` ignores. */
const unread = ['require_auth', 'requirepeer', 'target_session_attrs'];

/**
 * @param settings the options beside the URL
 * @throws InvalidOptionError without the value: it may contain a login
 */
export function checkUrl(
  value: unknown,
  { tls, clientOptions }: Pick<ConnectionSettings, 'tls' | 'clientOptions'>,
): string | undefined {
  if (value === undefined) return undefined;
  if (!isText(value)) {
    throw new InvalidOptionError('url', 'a string that is not empty', value, 'another');
  }
  const isSocket = /^(?:\/|socket:)/i.test(value);
  // The client would connect to localhost, and take the rest for the name of a database.
  if (!isSocket && !/^[a-z]+:\/\/[^#]*$/i.test(value)) {
    const expected = 'a URL such as `postgres://host/database`, without `#`';
    throw new InvalidOptionError('url', expected, value, 'another');
  }
  const [, query] = value.startsWith('/') ? [] : value.split(/\?(.*)/s, 2);
  const parameters = new URLSearchParams(query);
  checkParameters(parameters, value, tls !== undefined);
  const own = isSocket ? ['host', 'database'] : ['host', 'port', 'database'];
  for (const name of [...own, ...parameters.keys()]) {
    const option = clientOptions[name];
    if (option === undefined) continue;
    const expected = 'left out beside `url`, which sets it';
    throw new InvalidOptionError(`clientOptions.${name}`, expected, option, typeof option);
  }
  return value;
}

/** Refuses parameters that the client would ignore. */
function checkParameters(parameters: URLSearchParams, url: string, hasTls: boolean): void {
  const refuse = (expected: string) => {
    throw new InvalidOptionError('url', expected, url, 'another');
  };
  for (const [name, value] of parameters) {
    if (unread.includes(name) && value !== 'any') refuse(`without \`${name}\`: \`pg\` ignores it`);
    if (hasTls) continue;
    if (/ssl|tls/i.test(name) && !TLS_PARAMETERS.includes(name)) {
      refuse(
        `without parameters about TLS except ${TLS_PARAMETERS.join(', ')}: \`pg\` ignores them`,
      );
    }
    if (name === 'ssl' && !['true', '1', '0', 'no-verify'].includes(value)) {
      refuse('with `ssl=true`, `ssl=1`, `ssl=0` or `ssl=no-verify`: `pg` reads no others');
    }
  }
}

function checkConnection(
  settings: ConnectionSettings | (typeof defaults & PostgresConnectionOptions),
): ConnectionSettings {
  const { url, login, tls, heartbeatMs, clientOptions } = settings;
  if (typeof login !== 'function') checkLogin(login);
  checkMs('heartbeatMs', heartbeatMs);
  for (const [name, value] of Object.entries({ tls, clientOptions })) {
    if (value !== undefined && (typeof value !== 'object' || value === null)) {
      throw new InvalidOptionError(name, 'an object', value, typeof value);
    }
  }
  checkTls(tls);
  for (const name of Object.keys(clientOptions)) {
    if (!decided.includes(name)) continue;
    const option = `clientOptions.${name}`;
    throw new InvalidOptionError(option, 'left out: this package sets it', undefined, 'one');
  }
  if (typeof url !== 'function') checkUrl(url, settings);
  for (const name of ['isRetryable', 'retryDelay'] as const) {
    if (settings[name] !== undefined) checkFunction(name, settings[name]);
  }
  return { ...settings, channels: channelsOf(settings.channels) };
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

function channelsOf(value: unknown): readonly string[] {
  const list: unknown[] = Array.isArray(value) ? [...value] : [value];
  if (list.length > 0 && list.every(isChannel)) return list;
  throw new InvalidOptionError(
    'channels',
    `one or several names of 1 to ${MAX_CHANNEL_BYTES} bytes without a NUL`,
    value,
    'another',
  );
}

function isChannel(value: unknown): value is string {
  return isText(value) && !value.includes('\0') && Buffer.byteLength(value) <= MAX_CHANNEL_BYTES;
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function isLeftOutOrText(...values: unknown[]): boolean {
  return values.every((value) => value === undefined || isText(value));
}

function checkFunction(name: string, value: unknown): void {
  if (typeof value !== 'function') throw new InvalidOptionError(name, 'a function', value);
}

function checkMs(name: string, value: unknown): void {
  if (typeof value === 'number' && value >= 1 && value < 2 ** 31) return;
  throw new InvalidOptionError(name, 'a number from 1 to 2147483647', value);
}
