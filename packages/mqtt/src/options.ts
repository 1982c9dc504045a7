import type { IClientOptions } from 'mqtt';
import { type Connector, InvalidOptionError } from 'schmoozer/compiled';
import {
  type MessageOptions,
  type PerAttempt,
  type RedeliveryOptions,
  resolveRedeliveryOptions,
} from 'schmoozer/messages';
import type { MqttMessage, MqttQoS, MqttSession } from './session.js';

/**
 * The login of this client. MQTT.js sends no password without a user name; for a token alone, the name may be empty.
 */
export interface MqttLogin {
  /** The name of the user; may be empty. */
  readonly username: string;
  /** The password, or a token. Default: none. */
  readonly password?: string | Uint8Array;
}

/** How to subscribe to one topic; all but `qos` needs MQTT 5. */
export interface MqttSubscription {
  /** Maximum QoS of its messages. Default: 1. */
  readonly qos?: MqttQoS;
  /** True to exclude messages that this client publishes itself (no local). Default: false. */
  readonly nl?: boolean;
  /** True to keep the retain flag with which messages were published. Default: false. */
  readonly rap?: boolean;
  /** When retained messages are sent: 0 at each subscription, 1 if the subscription is new, 2 never. Default: 1. */
  readonly rh?: 0 | 1 | 2;
}

/** A topic filter, several, or an object with the QoS or all options of each. */
export type MqttTopics =
  | string
  | readonly string[]
  | Readonly<Record<string, MqttQoS | MqttSubscription>>;

/** Where the broker is, which topics are subscribed, and what to do with their messages. */
export interface MqttSubscriberOptions
  extends MessageOptions<MqttMessage, MqttSession>, RedeliveryOptions<MqttMessage> {
  /**
   * `mqtt://`, `mqtts://`, `ws://` or `wss://`; a function is called at each attempt. The user and password in it are
   * used if there is no `login`. Its query is not read for options.
   */
  readonly url: PerAttempt<string>;
  /**
   * The name under which the broker keeps the session. Required, unless `sessionExpiryS` is 0: then the client
   * generates one.
   */
  readonly clientId?: string;
  /** Topic filters, with QoS 1 by default; an empty list for a link that only publishes. */
  readonly topics: MqttTopics;
  /** The login of this client; a function is called at each attempt. It replaces a login in the URL. Default: none. */
  readonly login?: PerAttempt<MqttLogin | undefined>;
  /** 5, or 4 for MQTT 3.1.1. Default: 5. */
  readonly protocolVersion?: 4 | 5;
  /**
   * How long the broker keeps the session of a disconnected client, in seconds; 0 for not at all, `Infinity` for no
   * limit. MQTT 3.1.1 supports only these two. Default: 3600. Bounds: an integer from 0 to 4294967294, or `Infinity`.
   */
  readonly sessionExpiryS?: number;
  /**
   * Maximum number of unacknowledged messages of QoS 1 and 2 that the broker sends, including those that wait for
   * another delivery; needs MQTT 5. Default: the lesser of 100 and `maxWaiting`, or `maxInFlight` if that is greater.
   * Bounds: an integer from 1 to 65535.
   */
  readonly receiveMaximum?: number;
  /** TLS options, such as `{ ca }`, for `mqtts://` and `wss://`; with them any other URL is refused. Default: none. */
  readonly tls?: Pick<
    IClientOptions,
    'ca' | 'cert' | 'key' | 'rejectUnauthorized' | 'ALPNProtocols' | 'servername'
  >;
  /**
   * How often the broker is pinged, in milliseconds, rounded up to whole seconds; a silent broker counts as lost after
   * 1.5 to 2 times as long. Default: 15 000. Bounds: 1 to 65 535 000.
   */
  readonly heartbeatMs?: number;
  /**
   * Further options of the client, such as `will`, except those that this package sets, such as `reconnectPeriod`.
   * Default: none.
   */
  readonly clientOptions?: Omit<IClientOptions, Decided>;
  /** Classifies errors. Where it returns undefined, and by default, `isRetryableMqttError` decides. */
  readonly isRetryable?: NonNullable<Connector<unknown>['isRetryable']>;
  /** Decides how long to wait, in milliseconds; without it the link's option `backoff` decides. */
  readonly retryDelay?: NonNullable<Connector<unknown>['retryDelay']>;
}

/** Options of the client that this package sets itself. */
const decided = [
  'auth',
  'ca',
  'cert',
  'clean',
  'clientId',
  'connectTimeout',
  'customHandleAcks',
  'host',
  'hostname',
  'incomingStore',
  'keepalive',
  'key',
  'manualConnect',
  'outgoingStore',
  'password',
  'port',
  'protocol',
  'protocolId',
  'protocolVersion',
  'query',
  'reconnectPeriod',
  'resubscribe',
  'servers',
  'username',
] as const;
const decidedProperties: readonly string[] = ['sessionExpiryInterval', 'receiveMaximum'];

type Decided = (typeof decided)[number];
type Optional = 'clientId' | 'login' | 'tls' | 'isRetryable' | 'retryDelay';

/** The options with their defaults. */
export type Settings = Required<Omit<MqttSubscriberOptions, Optional | 'topics'>> &
  Pick<MqttSubscriberOptions, Optional> & {
    readonly topics: Readonly<Record<string, Required<MqttSubscription>>>;
  };

const neverExpires = 0xff_ff_ff_ff;

/** MQTT 3.1.1 has no place for the value. */
const WITH_4 = 'left out with `protocolVersion` 4: it needs MQTT 5';

/** @throws InvalidOptionError that names the option, the expected and the received value */
export function resolveSettings(options: MqttSubscriberOptions): Settings {
  const defaults = {
    protocolVersion: 5 as const,
    sessionExpiryS: 3600,
    receiveMaximum: 0,
    heartbeatMs: 15_000,
    clientOptions: {},
  };
  const settings = resolveRedeliveryOptions(options, defaults, [
    'url',
    'clientId',
    'topics',
    'login',
    'tls',
    'isRetryable',
    'retryDelay',
  ]);
  const { maxInFlight, maxWaiting, clientOptions } = settings;
  const ahead = Math.min(65_535, Math.max(maxInFlight, Math.min(100, maxWaiting)));
  const { receiveMaximum = ahead } = options;
  check('protocolVersion', '4 or 5', settings.protocolVersion, (value) => [4, 5].includes(value));
  const sessionExpiryS =
    settings.sessionExpiryS === Infinity ? neverExpires : settings.sessionExpiryS;
  checkInteger('sessionExpiryS', settings.sessionExpiryS, 0, neverExpires - 1, Infinity);
  checkInteger('receiveMaximum', receiveMaximum, 1, 65_535);
  checkRange('heartbeatMs', settings.heartbeatMs, 1, 65_535_000);
  if (typeof settings.url !== 'function') checkUrl(settings.url, settings.tls);
  if (typeof settings.login !== 'function') checkLogin(settings.login);
  checkClientId(settings.clientId, sessionExpiryS);
  for (const name of ['tls', 'clientOptions'] as const) {
    const value: unknown = settings[name];
    if (value === undefined || (typeof value === 'object' && value !== null)) continue;
    throw new InvalidOptionError(name, 'an object', value, typeof value);
  }
  const elsewhere = 'left out: `url` says where the broker is';
  checkLeftOut('tls', settings.tls ?? {}, ['host', 'port', 'path', 'socket'], elsewhere);
  checkLeftOut('clientOptions', clientOptions, decided);
  if (settings.tls !== undefined) {
    const why = 'left out beside `tls`, which it would ignore';
    checkLeftOut('clientOptions', clientOptions, ['forceNativeWebSocket'], why);
  }
  checkLeftOut('clientOptions.properties', clientOptions.properties ?? {}, decidedProperties);
  for (const name of ['isRetryable', 'retryDelay'] as const) {
    const value = settings[name];
    if (value === undefined || typeof value === 'function') continue;
    throw new InvalidOptionError(name, 'a function', value);
  }
  if (settings.protocolVersion === 4) {
    checkLeftOut('', { receiveMaximum: options.receiveMaximum }, ['receiveMaximum'], WITH_4);
    checkLeftOut('clientOptions', clientOptions, ['properties'], WITH_4);
  }
  const topics = resolveTopics(settings.topics, settings.protocolVersion);
  return { ...settings, sessionExpiryS, receiveMaximum, topics };
}

function check<T>(
  option: string,
  expected: string,
  value: T,
  isRight: (value: T) => boolean,
): asserts value {
  if (!isRight(value)) throw new InvalidOptionError(option, expected, value);
}

function checkRange(option: string, value: unknown, min: number, max: number): void {
  check(
    option,
    `a number from ${min} to ${max}`,
    value,
    (it) => typeof it === 'number' && it >= min && it <= max,
  );
}

function checkInteger(
  option: string,
  value: number,
  min: number,
  max: number,
  other?: number,
): void {
  const expected = `an integer from ${min} to ${max}${other === undefined ? '' : `, or ${other}`}`;
  const isRight = (it: number) => it === other || (Number.isInteger(it) && it >= min && it <= max);
  check(option, expected, value, isRight);
}

/**
 * Checks the URL; error messages do not show it, because it may contain a login.
 *
 * @param tls if set, a connection without TLS is refused
 */
export function checkUrl(value: unknown, tls: unknown): void {
  const [schemes, expected] =
    tls === undefined
      ? [/^(mqtts?|wss?):\/\/[^/]/, 'a URL with mqtt:, mqtts:, ws: or wss:, without `#`']
      : [/^(mqtts|wss):\/\/[^/]/, 'a URL with mqtts: or wss:, because `tls` is set, without `#`'];
  if (typeof value !== 'string') {
    throw new InvalidOptionError('url', expected, value, typeof value);
  }
  if (schemes.test(value) && URL.canParse(value) && !value.includes('#')) return;
  throw new InvalidOptionError('url', expected, value, `a string of ${value.length} characters`);
}

/** Checks the login; error messages do not show it, because it may contain a password. */
export function checkLogin(value: unknown): void {
  if (value === undefined) return;
  const { username, password = '', ...others } = Object(value) as Record<string, unknown>;
  const isSecret = typeof password === 'string' || password instanceof Uint8Array;
  // A password under a wrong name would not be sent.
  const isAll = Object.values(others).every((one) => one === undefined);
  if (typeof username === 'string' && isSecret && isAll) return;
  const expected = 'an object with a `username`, and optionally a `password`';
  throw new InvalidOptionError('login', expected, value, typeof value);
}

function checkClientId(value: unknown, sessionExpiryS: number): void {
  if (value === undefined && sessionExpiryS === 0) return;
  const expected = 'a string that is not empty: it names the session at the broker';
  check('clientId', expected, value, isText);
}

function checkLeftOut(
  option: string,
  value: object,
  names: readonly string[],
  expected = 'left out: this package sets it',
): void {
  for (const [name, one] of Object.entries(value)) {
    if (!names.includes(name) || one === undefined) continue;
    const path = option === '' ? name : `${option}.${name}`;
    throw new InvalidOptionError(path, expected, undefined, 'one');
  }
}

function resolveTopics(topics: MqttTopics, protocolVersion: 4 | 5): Settings['topics'] {
  const expected = 'a topic filter, several, or an object with the QoS of each';
  const given: unknown = typeof topics === 'string' ? [topics] : topics;
  if (typeof given !== 'object' || given === null) {
    throw new InvalidOptionError('topics', expected, topics);
  }
  const entries: [unknown, unknown][] = Array.isArray(given)
    ? given.map((topic) => [topic, 1])
    : Object.entries(given);
  for (const [topic] of entries) check('topics', expected, topic, isTopicFilter);
  return Object.fromEntries(
    entries.map(([topic, asked]) => [
      topic as string,
      resolveSubscription(topic as string, asked, protocolVersion),
    ]),
  );
}

function resolveSubscription(
  topic: string,
  asked: unknown,
  protocolVersion: 4 | 5,
): Required<MqttSubscription> {
  const option = `topics[${JSON.stringify(topic)}]`;
  const given = typeof asked === 'object' && asked !== null ? asked : { qos: asked };
  const known = { qos: 1, nl: false, rap: false, rh: 1 };
  for (const name of Object.keys(given)) {
    if (Object.hasOwn(known, name)) continue;
    throw new InvalidOptionError(`${option}.${name}`, 'one of qos, nl, rap, rh', undefined);
  }
  if (protocolVersion === 4) checkLeftOut(option, given, ['nl', 'rap', 'rh'], WITH_4);
  const all = { ...known, ...given };
  check(`${option}.qos`, '0, 1 or 2', all.qos, (it) => [0, 1, 2].includes(it));
  check(`${option}.rh`, '0, 1 or 2', all.rh, (it) => [0, 1, 2].includes(it));
  for (const name of ['nl', 'rap'] as const) {
    check(`${option}.${name}`, 'a boolean', all[name], (it) => typeof it === 'boolean');
  }
  return all as Required<MqttSubscription>;
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

/** True for a topic filter of MQTT 5, section 4.7: `+` matches one level, `#` all remaining levels. */
function isTopicFilter(value: unknown): boolean {
  if (!isText(value) || value.includes('\0')) return false;
  const levels = value.split('/');
  return levels.every(
    (level, index) =>
      level === '+' || (level === '#' && index === levels.length - 1) || !/[+#]/.test(level),
  );
}
