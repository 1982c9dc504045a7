import type { ConnectionOptions } from 'node:tls';
import { type Connector, InvalidOptionError, type Peer } from 'schmoozer/compiled';
import type { PerAttempt } from 'schmoozer/messages';

/** The login: a user, or `credentials` of the client, such as `credentials.external()`. */
export type AmqpLogin =
  | { readonly username: string; readonly password: string }
  | { readonly mechanism: string; response(): Buffer };

/** Options that are passed on to the client and to Node's socket. */
export interface AmqpClientOptions {
  /**
   * Properties of this connection in the broker's interface, such as `{ connection_name: 'orders' }`. Default: none.
   */
  readonly clientProperties?: Readonly<Record<string, unknown>>;
  /** True to send small frames at once. Default: true. */
  readonly noDelay?: boolean;
  /** True to let TCP probe an idle connection. Default: true. */
  readonly keepAlive?: boolean;
  /** Idle time before TCP's first probe, in milliseconds. Default: that of the system. Bounds: >= 0. */
  readonly keepAliveDelay?: number;
}

/** The options that a consumer and a publisher share. */
export interface AmqpConnectionOptions {
  /**
   * `amqp://host:port/vhost`, or `amqps://` for TLS; a function is called at each attempt. Its login is used if there
   * is no `login`; the client reads `frameMax`, `channelMax`, `maxFrameSize` and `locale` from its query. Other
   * parameters are refused, except `heartbeat`.
   */
  readonly url: PerAttempt<string>;
  /**
   * The login of this client; a function is called at each attempt. It replaces a login in the URL. Default: guest,
   * guest.
   */
  readonly login?: PerAttempt<AmqpLogin | undefined>;
  /** Node's TLS options, such as `{ ca }`; with them a URL without `amqps:` is refused. Default: none. */
  readonly tls?: ConnectionOptions;
  /**
   * Interval of signs of life between broker and client, in milliseconds, rounded up to whole seconds; a broker that is
   * silent for two to three times as long counts as lost. It replaces a `heartbeat` in the URL. Default: 10 000.
   * Bounds: 1000 to 65 535 000.
   */
  readonly heartbeatMs?: number;
  /** Further options of the client. Default: none. */
  readonly clientOptions?: AmqpClientOptions;
  /**
   * Called with a reason when the broker stops reading from this connection because it is short of memory or disk, and
   * with undefined when it reads again. Errors that it throws go to the console. Default: none.
   */
  readonly onBlocked?: (reason: string | undefined) => void;
  /** Classifies errors. Where it returns undefined, and by default, `isRetryableAmqpError` decides. */
  readonly isRetryable?: NonNullable<Connector<unknown>['isRetryable']>;
}

export type ConnectionSettings = Required<Omit<AmqpConnectionOptions, Optional>> &
  Pick<AmqpConnectionOptions, Optional>;
type Optional = 'login' | 'tls' | 'isRetryable';

/** The only list of defaults. */
export const connectionDefaults = {
  heartbeatMs: 10_000,
  clientOptions: {},
  onBlocked: (): void => {},
};

const clientOptionNames = new Set(['clientProperties', 'noDelay', 'keepAlive', 'keepAliveDelay']);

/** @throws InvalidOptionError that names the option, the expected and the received value */
export function checkConnectionOptions(settings: ConnectionSettings): void {
  const { url, heartbeatMs, tls, clientOptions } = settings;
  if (!(typeof heartbeatMs === 'number' && heartbeatMs >= 1000 && heartbeatMs <= 65_535_000)) {
    throw new InvalidOptionError('heartbeatMs', 'a number from 1000 to 65535000', heartbeatMs);
  }
  for (const [name, value] of Object.entries({ tls, clientOptions })) {
    if (value !== undefined) checkObject(name, value);
  }
  checkTls(tls);
  if (typeof url !== 'function') parseUrl(url, tls);
  for (const name of Object.keys(clientOptions)) {
    if (clientOptionNames.has(name)) continue;
    throw new InvalidOptionError(`clientOptions.${name}`, 'left out', undefined, 'one');
  }
  checkFunctions({ onBlocked: settings.onBlocked, isRetryable: settings.isRetryable });
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

/** The peer in a URL, for events and limiters; undefined if it is known only during an attempt. */
export function peerOf({ url }: ConnectionSettings): { peer?: Peer; limiterKey?: string } {
  if (typeof url === 'function') return {};
  const { hostname, port } = parseUrl(url).target;
  const peer = { address: hostname, port, protocol: 'amqp', transport: 'tcp' };
  return { peer, limiterKey: `${hostname}:${port}` };
}

/** The parsed URL for the client, because each version of the client parses URLs differently. */
interface Target {
  readonly protocol: string;
  readonly hostname: string;
  readonly port: number;
  /** Percent-encoded, as the client requires. */
  readonly vhost: string;
  readonly frameMax: number;
  readonly [name: string]: string | number;
}

/**
 * @param tls if set, a connection without TLS is refused
 * @throws InvalidOptionError, which does not show the value: it may contain a password
 */
export function parseUrl(
  value: unknown,
  tls?: object,
): { target: Target; login: AmqpLogin | undefined } {
  const expected = 'a URL that begins with amqp:// or amqps://';
  if (typeof value !== 'string') {
    throw new InvalidOptionError('url', expected, value, typeof value);
  }
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (!url || !/^amqps?:$/.test(url.protocol) || url.hostname === '') {
    throw new InvalidOptionError('url', expected, value, 'another string');
  }
  if (tls && url.protocol !== 'amqps:') {
    throw new InvalidOptionError('tls', 'left out, or a `url` of amqps:', tls, 'one');
  }
  if (value.includes('#')) {
    throw new InvalidOptionError('url', 'a URL without `#`: write %23', value, 'another string');
  }
  const protocol = url.protocol.slice(0, -1);
  const parameters: Record<string, string> = Object.fromEntries(url.searchParams);
  for (const [name, number] of Object.entries(parameters)) checkParameter(name, number);
  const { frameMax, channelMax, maxFrameSize, locale } = parameters;
  const target = {
    ...(channelMax !== undefined && { channelMax }),
    ...(maxFrameSize !== undefined && { maxFrameSize }),
    ...(locale !== undefined && { locale }),
    protocol,
    hostname: url.hostname.replace(/^\[|\]$/g, ''),
    port: Number(url.port || (protocol === 'amqps' ? 5671 : 5672)),
    vhost: url.pathname.slice(1),
    // Earlier versions of the client request less than RabbitMQ 4.1 allows.
    frameMax: Number(frameMax ?? 131_072),
  };
  const hasLogin = url.username !== '' || url.password !== '';
  const username = decode(url.username);
  return { target, login: hasLogin ? { username, password: decode(url.password) } : undefined };
}

/** Parameters of the query that are numbers; `heartbeat` is replaced by `heartbeatMs`. */
const numbers = ['frameMax', 'channelMax', 'maxFrameSize', 'heartbeat'];

/** The client would ignore another parameter, such as `verify` or `channel_max`. */
function checkParameter(name: string, value: string): void {
  const isNumber = numbers.includes(name);
  if (isNumber ? /^\d+$/.test(value) : name === 'locale') return;
  const expected = isNumber
    ? `with a number for \`${name}\``
    : `without parameters except locale, ${numbers.join(', ')}`;
  throw new InvalidOptionError('url', expected, undefined, 'another string');
}

/** Decodes percent-encoding, if the text is valid; otherwise returns it unchanged. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

export function checkObject(name: string, value: unknown): void {
  if (typeof value === 'object' && value !== null) return;
  throw new InvalidOptionError(name, 'an object', value, typeof value);
}

/** Checks optional functions. */
export function checkFunctions(options: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined || typeof value === 'function') continue;
    throw new InvalidOptionError(name, 'a function', value);
  }
}
