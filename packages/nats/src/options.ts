import type { Authenticator, Msg, NodeConnectionOptions } from '@nats-io/transport-node';
import { type Connector, InvalidOptionError } from 'schmoozer';
import { type MessageOptions, type PerAttempt, resolveMessageOptions } from 'schmoozer/messages';

/** Who this client is: a user, a token, or what an authenticator of the client answers, such as `credsAuthenticator(bytes)`. */
export type NatsLogin =
  | { readonly user: string; readonly pass?: string }
  | { readonly token: string }
  | { readonly authenticator: Authenticator };

export interface NatsSubscriberOptions extends MessageOptions<Msg> {
  /** `host:port`, or a URL; several are tried in their order by the client. A login in a URL is used if there is no `login`. */
  readonly servers: string | readonly string[];
  /** At least one; wildcards are those of NATS. */
  readonly subjects: string | readonly string[];
  /** The queue group: each message goes to one of its members. Default none. */
  readonly queue?: string;
  /** Who this client is; a function is called at each attempt. What it answers replaces a login in the URL. */
  readonly login?: PerAttempt<NatsLogin | undefined>;
  /** TLS options of the client, such as `{ ca }`; with them a server without TLS is refused. */
  readonly tls?: NodeConnectionOptions['tls'];
  /** How often the server is pinged, in milliseconds; one that leaves two pings unanswered is gone. Default 15 000; bounds >= 1. */
  readonly heartbeatMs?: number;
  /** What else the client is told, such as `name`; not what this package decides, such as `reconnect`. Default none. */
  readonly clientOptions?: Omit<NodeConnectionOptions, keyof typeof decided>;
  /** Sorts errors. What it answers undefined for, and by default, `isRetryableNatsError` sorts. */
  readonly isRetryable?: NonNullable<Connector<unknown>['isRetryable']>;
  /** Decides how long to wait, in milliseconds; without it `options.backoff` decides. */
  readonly retryDelay?: NonNullable<Connector<unknown>['retryDelay']>;
}

/** What the options of the client must not say. */
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
};

/** The options with their defaults. */
export type Settings = Required<Omit<NatsSubscriberOptions, Optional>> &
  Pick<NatsSubscriberOptions, Optional> & {
    readonly servers: readonly string[];
    readonly subjects: readonly string[];
  };
type Optional = 'queue' | 'login' | 'tls' | 'isRetryable' | 'retryDelay';

/** @throws InvalidOptionError that names the option, what was expected and what came */
export function resolveSettings(options: NatsSubscriberOptions): Settings {
  const defaults = { heartbeatMs: 15_000, clientOptions: {} };
  const settings = resolveMessageOptions(options, defaults, [
    'servers',
    'subjects',
    'queue',
    'login',
    'tls',
    'isRetryable',
    'retryDelay',
  ]);
  const { queue, tls, heartbeatMs, clientOptions } = settings;
  const servers = listOf('servers', settings.servers);
  const subjects = listOf('subjects', settings.subjects);
  if (queue !== undefined && !isText(queue)) {
    throw new InvalidOptionError('queue', 'a string that is not empty', queue);
  }
  if (!(typeof heartbeatMs === 'number' && heartbeatMs >= 1 && heartbeatMs < 2 ** 31)) {
    throw new InvalidOptionError('heartbeatMs', 'a number from 1 to 2147483647', heartbeatMs);
  }
  for (const [name, value] of Object.entries({ tls, clientOptions })) {
    if (value !== undefined && (typeof value !== 'object' || value === null)) {
      throw new InvalidOptionError(name, 'an object', value, typeof value);
    }
  }
  for (const name of Object.keys(clientOptions)) {
    if (!Object.hasOwn(decided, name)) continue;
    const option = `clientOptions.${name}`;
    throw new InvalidOptionError(option, 'left out: this package decides it', undefined, 'one');
  }
  for (const name of ['isRetryable', 'retryDelay'] as const) {
    const value = settings[name];
    if (value !== undefined && typeof value !== 'function') {
      throw new InvalidOptionError(name, 'a function', value);
    }
  }
  return { ...settings, servers, subjects };
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function listOf(option: string, value: unknown): readonly string[] {
  const list: unknown[] = Array.isArray(value) ? [...value] : [value];
  if (list.length > 0 && list.every(isText)) return list;
  // It may have a login.
  throw new InvalidOptionError(option, 'a string that is not empty, or several', value, 'another');
}
