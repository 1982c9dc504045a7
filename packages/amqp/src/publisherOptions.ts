import type { ConfirmChannel } from 'amqplib';
import {
  type Connector,
  InvalidOptionError,
  type RunContext,
  type RunAnswer,
} from 'schmoozer/compiled';
import type { AmqpPublisherConnection } from './amqpPublisher.js';
import {
  type AmqpConnectionOptions,
  checkConnectionOptions,
  checkFunctions,
  checkObject,
  connectionDefaults,
  type ConnectionSettings,
} from './connectionOptions.js';

/** How to connect, and what to declare and to publish. */
export interface AmqpPublisherOptions<TOutput = void> extends AmqpConnectionOptions {
  /**
   * Declares what is needed, such as exchanges, queues and bindings, on each session's channel. An error is a failed
   * attempt. Default: none.
   */
  readonly setup?: (channel: ConfirmChannel) => unknown;
  /**
   * Publishes on each session's connection, such as `box.serve()` of `schmoozer/outbox`. Default: waits until the
   * session must end.
   */
  readonly run?: (connection: AmqpPublisherConnection, session: RunContext) => RunAnswer<TOutput>;
  /** Decides how long to wait, in milliseconds; without it the link's option `backoff` decides. */
  readonly retryDelay?: NonNullable<Connector<unknown, TOutput>['retryDelay']>;
}

/** The options with their defaults. */
export type PublisherSettings<TOutput> = ConnectionSettings &
  Pick<AmqpPublisherOptions<TOutput>, 'setup' | 'run' | 'retryDelay'>;

const names = new Set<string>([
  ...Object.keys(connectionDefaults),
  'url',
  'login',
  'tls',
  'isRetryable',
  'setup',
  'run',
  'retryDelay',
]);

/** @throws InvalidOptionError that names the option, the expected and the received value */
export function resolvePublisher<TOutput>(
  options: AmqpPublisherOptions<TOutput>,
): PublisherSettings<TOutput> {
  checkObject('options', options);
  for (const [name, value] of Object.entries(options)) {
    if (names.has(name)) continue;
    throw new InvalidOptionError(name, 'left out: no such option', value, typeof value);
  }
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  const settings = { ...connectionDefaults, ...(Object.fromEntries(given) as typeof options) };
  checkConnectionOptions(settings);
  const { setup, run, retryDelay } = settings;
  checkFunctions({ setup, run, retryDelay });
  return settings;
}
