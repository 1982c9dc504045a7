// MQTT 5 that stays up: await run(mqttSubscriber({ url, clientId, topics, onSession, onMessage }))
import { once } from 'node:events';
import { connect, ErrorWithReasonCode, type ISecureClientOptions, type MqttClient } from 'mqtt';
import { type Connector, Continue } from 'schmoozer';
import { isRetryableTcpError } from 'schmoozer/tcp';

type Link = { client: MqttClient; gap: boolean; lost: Promise<never> }; // `lost` rejects when it is gone

export interface MqttSubscriberOptions {
  readonly url: string;
  readonly tls?: ISecureClientOptions; // with mqtts:// in the `url`
  readonly clientId: string; // the broker keeps its session, with what comes in meanwhile, for an hour
  readonly topics: string[];
  readonly password?: () => string | Promise<string>; // asked at each attempt; the user is in the `url`
  readonly keepaliveS?: number; // a broker that says nothing for 1.5 times as long is gone; default 30
  /** Without `gap` the broker had kept the session: what came in meanwhile follows. */
  readonly onSession: (session: { epoch: number; gap: boolean }) => void;
  readonly onMessage: (message: { epoch: number; topic: string; text: string }) => void;
}

export function mqttSubscriber(options: MqttSubscriberOptions): Connector<Link> {
  const { url, clientId, topics, keepaliveS = 30, onSession, onMessage } = options;
  return {
    async connect({ signal, epoch }) {
      const password = options.password && { password: await options.password() };
      signal.throwIfAborted();
      const kept = { clientId, clean: false, properties: { sessionExpiryInterval: 3600 } };
      const mine = { protocolVersion: 5, keepalive: keepaliveS, reconnectPeriod: 0 } as const; // we reconnect
      const client = connect(url, { ...kept, ...mine, ...password, ...options.tls });
      let gap = epoch > 1;
      client.on('connect', ({ sessionPresent }) => (gap &&= !sessionPresent));
      client.on('message', (topic, payload) => onMessage({ epoch, topic, text: String(payload) }));
      const subscribed = client.subscribeAsync(topics, { qos: 1 }); // sent as soon as we are connected
      const lost = new Promise<never>((_, reject) => {
        client.on('disconnect', (it) => reject(new ErrorWithReasonCode('bye', it.reasonCode ?? 0)));
        client.on('error', reject).once('close', () => reject(new Error('the broker hung up')));
        subscribed.catch(reject);
        signal.addEventListener('abort', () => reject(signal.reason as Error));
      });
      lost.catch(() => client.end(true));
      await Promise.race([lost, subscribed]);
      return { client, gap, lost };
    },
    async run({ gap, lost }, { signal, epoch }) {
      onSession({ epoch, gap });
      await Promise.race([lost, once(signal, 'abort')]);
      return Continue();
    },
    // MQTT 5, 2.4: version, client id, login, rights, ban, method; an id that two clients fight for.
    isRetryable: (error) =>
      ![132, 133, 134, 135, 138, 140, 142].includes((error as { code: number }).code) &&
      isRetryableTcpError(error),
    async disconnect({ client }) {
      const { stream } = client.end();
      const timer = setTimeout(() => stream.destroy(), 1000); // a dead broker never answers our goodbye
      if (!stream.closed) await new Promise((resolve) => stream.once('close', resolve));
      clearTimeout(timer);
    },
  };
}
