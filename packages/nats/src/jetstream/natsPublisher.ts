import {
  jetstream,
  type JetStreamClient,
  type JetStreamOptions,
  type JetStreamPublishOptions,
  type PubAck,
} from '@nats-io/jetstream';
import type { NatsConnection, Payload } from '@nats-io/transport-node';
import {
  type Connector,
  Continue,
  InvalidOptionError,
  type RunAnswer,
  type RunContext,
} from 'schmoozer/compiled';
import { isRetryableBy } from 'schmoozer/messages';
import {
  checkConnection,
  checkObject,
  connectionDefaults,
  connectionNames,
  type NatsConnectionOptions,
} from '../connectionOptions.js';
import { isRetryableNatsError } from '../isRetryable.js';
import { checkJetstreamOptions } from './checkJetstreamOptions.js';
import { openConnection, prepare, whenGone } from '../openConnection.js';
import { peerOf } from '../peerOf.js';

/** A connection that publishes to streams. */
export interface NatsPublisher {
  /** The client's connection. */
  readonly nats: NatsConnection;
  /** The JetStream of the connection. */
  readonly jetstream: JetStreamClient;
  /**
   * Publishes one message; resolves when a stream has stored it. A second message with the same `msgID` within the
   * stream's `duplicate_window` is not stored; the result then has `duplicate`.
   *
   * @throws the client's error when the stream refuses it, no stream has the subject, or no answer arrives in time
   */
  publish(
    subject: string,
    data?: Payload,
    options?: Partial<JetStreamPublishOptions>,
  ): Promise<PubAck>;
}

/** How to connect, and what to publish. */
export interface NatsPublisherOptions<TOutput = void> extends NatsConnectionOptions {
  /** Serves a session, such as `outbox.serve()`. Default: the session lasts until it is lost or stopped. */
  readonly run?: (publisher: NatsPublisher, session: RunContext) => RunAnswer<TOutput>;
  /** The client's JetStream options, such as `{ domain }`; `timeout` limits each request. Default: none. */
  readonly jetstreamOptions?: JetStreamOptions;
}

/**
 * A connector that publishes to JetStream streams, with their confirmation.
 *
 * @throws InvalidOptionError when an option is missing, unknown or out of bounds
 */
export function natsPublisher<TOutput = void>(
  options: NatsPublisherOptions<TOutput>,
): Connector<NatsPublisher, TOutput> {
  const settings = resolvePublisher(options);
  const { run = idle, retryDelay, jetstreamOptions } = settings;
  const { told, connected } = peerOf(settings);
  return {
    async connect(attempt) {
      const nats = await openConnection(settings, attempt);
      connected(nats);
      await prepare(nats, attempt, whenGone(nats), () => nats.flush());
      const client = jetstream(nats, { ...jetstreamOptions });
      return {
        nats,
        jetstream: client,
        publish: (subject, data, publishOptions) => client.publish(subject, data, publishOptions),
      };
    },
    run,
    closed: async ({ nats }) => ({ error: await whenGone(nats) }),
    isRetryable: isRetryableBy(isRetryableNatsError, settings.isRetryable),
    disconnect: ({ nats }) => nats.close(),
    ...told,
    ...(retryDelay && {
      retryDelay: retryDelay as NonNullable<Connector<unknown, TOutput>['retryDelay']>,
    }),
  };
}

function idle(_publisher: NatsPublisher, { signal }: RunContext): Promise<Continue> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(Continue());
    else signal.addEventListener('abort', () => resolve(Continue()), { once: true });
  });
}

function resolvePublisher<TOutput>(options: NatsPublisherOptions<TOutput>) {
  checkObject('options', options);
  const names: readonly string[] = [
    ...connectionNames,
    ...Object.keys(connectionDefaults),
    'run',
    'jetstreamOptions',
  ];
  for (const name of Object.keys(options)) {
    if (!names.includes(name)) throw new InvalidOptionError(name, 'no option', undefined, 'one');
  }
  const { run, jetstreamOptions } = options;
  if (run !== undefined && typeof run !== 'function') {
    throw new InvalidOptionError('run', 'a function', run);
  }
  if (jetstreamOptions !== undefined) checkJetstreamOptions(jetstreamOptions);
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  return checkConnection({
    ...connectionDefaults,
    ...(Object.fromEntries(given) as typeof options),
  });
}
