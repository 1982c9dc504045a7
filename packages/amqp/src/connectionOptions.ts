import type { ConnectionOptions } from 'node:tls';
import { type Connector, InvalidOptionError, type Peer } from 'schmoozer';
import type { PerAttempt } from 'schmoozer/messages';

/** Who this client is: a user, or `credentials` of the client, such as `credentials.external()`. */
export type AmqpLogin =
  | { readonly username: string; readonly password: string }
  | { readonly mechanism: string; response(): Buffer };

/** What is passed on to the client and to Node's socket. */
export interface AmqpClientOptions {
  /** What the broker shows of this connection, such as `{ connection_name: 'orders' }`. Default none. */
  readonly clientProperties?: Readonly<Record<string, unknown>>;
  /** Whether small frames are sent at once. Default true. */
  readonly noDelay?: boolean;
  /** Whether TCP probes an idle connection. Default true. */
  readonly keepAlive?: boolean;
  /** When TCP begins to probe, in milliseconds. Default that of the system; bounds >= 0. */
  readonly keepAliveDelay?: number;
}

/** What a consumer and a publisher have in common. */
export interface AmqpConnectionOptions {
  /**
   * `amqp://host:port/vhost`, or `amqps://` for TLS; a function is called at each attempt. Its login is used if there is no `login`; of its
   * query the client takes `frameMax`, `channelMax`, `maxFrameSize` and `locale`.
   */
  readonly url: PerAttempt<string>;
  /** Who this client is; a function is called at each attempt. What it answers replaces a login in the URL. Default guest, guest. */
  readonly login?: PerAttempt<AmqpLogin | undefined>;
  /** TLS options of Node, such as `{ ca }`, for `amqps:`. Default none. */
  readonly tls?: ConnectionOptions;
  /**
   * How often broker and client send a sign of life at least, in milliseconds, rounded up to whole seconds; a broker that is silent for
   * two to three times as long is gone. It replaces a `heartbeat` in the URL. Default 10 000; bounds 1000 to 65 535 000.
   */
  readonly heartbeatMs?: number;
  /** What else is passed to the client. Default none. */
  readonly clientOptions?: AmqpClientOptions;
  /**
   * Called with a reason when the broker reads no more from this connection, as it is short of memory or disk, and with undefined when it
   * does again. What it throws goes to the console. Default nothing.
   */
  readonly onBlocked?: (reason: string | undefined) => void;
  /** Sorts errors. What it answers undefined for, and by default, `isRetryableAmqpError` sorts. */
  readonly isRetryable?: NonNullable<Connector<unknown>['isRetryable']>;
}

export type ConnectionSettings = Required<Omit<AmqpConnectionOptions, Optional>> &
  Pick<AmqpConnectionOptions, Optional>;
type Optional = 'login' | 'tls' | 'isRetryable';

/** The defaults; each stands here only. */
export const connectionDefaults = {
  heartbeatMs: 10_000,
  clientOptions: {},
  onBlocked: (): void => {},
};

const clientOptionNames = new Set(['clientProperties', 'noDelay', 'keepAlive', 'keepAliveDelay']);

/** @throws InvalidOptionError that names the option, what was expected and what came */
export function checkConnectionOptions(settings: ConnectionSettings): void {
  const { url, heartbeatMs, tls, clientOptions } = settings;
  if (typeof url !== 'function') parseUrl(url);
  if (!(typeof heartbeatMs === 'number' && heartbeatMs >= 1000 && heartbeatMs <= 65_535_000)) {
    throw new InvalidOptionError('heartbeatMs', 'a number from 1000 to 65535000', heartbeatMs);
  }
  for (const [name, value] of Object.entries({ tls, clientOptions })) {
    if (value !== undefined) checkObject(name, value);
  }
  for (const name of Object.keys(clientOptions)) {
    if (clientOptionNames.has(name)) continue;
    throw new InvalidOptionError(`clientOptions.${name}`, 'left out', undefined, 'one');
  }
  checkFunctions({ onBlocked: settings.onBlocked, isRetryable: settings.isRetryable });
}

/** Where a URL leads, for events and limiters; undefined where it is known at the attempt only. */
export function peerOf({ url }: ConnectionSettings): { peer?: Peer; limiterKey?: string } {
  if (typeof url === 'function') return {};
  const { hostname, port } = parseUrl(url).target;
  const peer = { address: hostname, port, protocol: 'amqp', transport: 'tcp' };
  return { peer, limiterKey: `${hostname}:${port}` };
}

/** What the client is given in the place of a URL: each version of it parses one in another way. */
interface Target {
  readonly protocol: string;
  readonly hostname: string;
  readonly port: number;
  /** Percent-encoded, as the client wants it. */
  readonly vhost: string;
  readonly frameMax: number;
  readonly [name: string]: string | number;
}

/** @throws InvalidOptionError, which does not show what came: it may have a password */
export function parseUrl(value: unknown): { target: Target; login: AmqpLogin | undefined } {
  const url = typeof value === 'string' && URL.canParse(value) ? new URL(value) : undefined;
  if (!url || !/^amqps?:$/.test(url.protocol) || url.hostname === '') {
    const shown = typeof value === 'string' ? 'another string' : typeof value;
    throw new InvalidOptionError('url', 'a URL that begins with amqp:// or amqps://', value, shown);
  }
  const protocol = url.protocol.slice(0, -1);
  const { frameMax, channelMax, maxFrameSize, locale } = Object.fromEntries(url.searchParams);
  const target = {
    ...(channelMax !== undefined && { channelMax }),
    ...(maxFrameSize !== undefined && { maxFrameSize }),
    ...(locale !== undefined && { locale }),
    protocol,
    hostname: url.hostname.replace(/^\[|\]$/g, ''),
    port: Number(url.port || (protocol === 'amqps' ? 5671 : 5672)),
    vhost: url.pathname.slice(1),
    // Earlier versions of the client ask for less than RabbitMQ 4.1 allows.
    frameMax: Number(frameMax ?? 131_072),
  };
  const hasLogin = url.username !== '' || url.password !== '';
  const username = decode(url.username);
  return { target, login: hasLogin ? { username, password: decode(url.password) } : undefined };
}

/** What is not percent-encoded stays as it is. */
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

/** Each may be left out. */
export function checkFunctions(options: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined || typeof value === 'function') continue;
    throw new InvalidOptionError(name, 'a function', value);
  }
}
