import type { Connector, Peer } from 'schmoozer/compiled';
import { isRetryableBy } from 'schmoozer/messages';
import type { BrokerSession } from './brokerSession.js';
import { MqttReasonError } from './errors.js';
import { isRetryableMqttError } from './isRetryable.js';
import { KeptState } from './keptState.js';
import { openSession } from './openSession.js';
import { type MqttSubscriberOptions, resolveSettings } from './options.js';
import type { MqttConnection } from './session.js';

const SERVER_MOVED = 157;

/**
 * A connector for subscriptions of MQTT 5, or 3.1.1; the client's own reconnect is off. Messages of QoS 1 and 2 are
 * acknowledged after `onMessage` has finished. The broker keeps the session, and the messages that arrive meanwhile,
 * for `sessionExpiryS`.
 *
 * @throws InvalidOptionError when an option is missing, unknown or out of bounds
 */
export function mqttSubscriber(options: MqttSubscriberOptions): Connector<MqttConnection> {
  const settings = resolveSettings(options);
  const { url, topics, sessionExpiryS, retryDelay } = settings;
  const state = new KeptState();
  const isKept = sessionExpiryS > 0 && Object.values(topics).some(({ qos }) => qos > 0);
  const isRetryable: typeof isRetryableMqttError = (error, facts) =>
    // A function as `url` can return the server that the error names.
    error instanceof MqttReasonError && error.reasonCode === SERVER_MOVED
      ? typeof url === 'function' && error.serverReference !== undefined
      : isRetryableMqttError(error, facts);
  const connector: Connector<BrokerSession> = {
    connect: (attempt) => openSession(settings, state, attempt),
    run({ inbox, sessionPresent, granted }, context) {
      const { epoch } = context;
      const gap = epoch > 1 && !sessionPresent;
      // The subscription belongs to the session: messages from now on are not acknowledged, and are delivered again if
      // the session is kept.
      return inbox.serve(context, { epoch, gap, sessionPresent, granted });
    },
    closed: async ({ inbox, ended }) => ({
      ...(await ended),
      ...(!isKept && { drained: inbox.drained() }),
    }),
    isRetryable: isRetryableBy(isRetryable, settings.isRetryable),
    disconnect: (session) => session.close(),
    ...(typeof url === 'string' && peerOf(url)),
    ...(retryDelay && { retryDelay }),
  };
  return connector;
}

/** The peer in a URL, for events and limiters. */
function peerOf(url: string): { readonly peer: Peer; readonly limiterKey: string } {
  const { protocol, hostname, port } = new URL(url);
  const ports: Readonly<Record<string, number>> = { 'mqtt:': 1883, 'mqtts:': 8883, 'ws:': 80 };
  const address = hostname.replace(/^\[(.*)\]$/, '$1');
  const known = { address, port: Number(port) || (ports[protocol] ?? 443) };
  return {
    peer: { ...known, protocol: 'mqtt', transport: 'tcp' },
    limiterKey: `${address}:${known.port}`,
  };
}
