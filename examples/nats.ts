// NATS that stays up: await run(natsSubscriber({ server, subjects, onSession, onMessage }))
import { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { connect, type Msg, type NatsConnection, type TlsOptions } from '@nats-io/transport-node';
import { type Connector, Continue } from 'schmoozer';
import { isRetryableTcpError } from 'schmoozer/tcp';

type Link = { nats: NatsConnection; lost: Promise<never> }; // `lost` rejects when it is gone

// This client takes no signal, and leaves the socket of a silent server open: catch it where Node announces it.
type Made = { socket: { destroy(): unknown } };
const attempts = new AsyncLocalStorage<(made: Made) => void>();
subscribe('net.client.socket', (made) => attempts.getStore()?.(made as Made));

export interface NatsSubscriberOptions {
  readonly server: string;
  readonly tls?: TlsOptions;
  readonly subjects: readonly string[];
  /** Asked at each attempt. */
  readonly login?: () => { user: string; pass: string } | Promise<{ user: string; pass: string }>;
  readonly heartbeatMs?: number; // a server that leaves two pings without an answer is gone; default 30 000
  /** NATS keeps nothing for us: with `gap`, what was published between the sessions is lost. */
  readonly onSession: (session: { epoch: number; gap: boolean }) => void;
  readonly onMessage: (message: { epoch: number; subject: string; text: string }) => void;
}

export function natsSubscriber(options: NatsSubscriberOptions): Connector<Link> {
  const { server, subjects, heartbeatMs = 30_000, onSession, onMessage } = options;
  return {
    async connect({ signal, epoch }) {
      const login = await options.login?.();
      signal.throwIfAborted();
      const mine = { servers: server, reconnect: false, pingInterval: heartbeatMs, maxPingOut: 2 }; // we reconnect
      const tls = options.tls && { tls: options.tls };
      const caught = ({ socket }: Made) => signal.addEventListener('abort', () => socket.destroy());
      const connecting = attempts.run(caught, () => connect({ ...mine, ...login, ...tls }));
      const nats = await connecting.finally(() => signal.throwIfAborted());
      const lost = new Promise<never>((_, reject) => {
        nats.closed().then((error) => reject(error ?? new Error('the server hung up')), reject);
        const callback = (error: Error | null, message: Msg) => {
          if (error) return reject(error); // we may not hear this
          onMessage({ epoch, subject: message.subject, text: message.string() });
        };
        for (const subject of subjects) nats.subscribe(subject, { callback });
      });
      lost.catch(() => nats.close());
      await Promise.race([lost, nats.flush()]); // the server has the subscriptions
      return { nats, lost };
    },
    async run({ lost }, { signal, epoch }) {
      onSession({ epoch, gap: epoch > 1 });
      await Promise.race([lost, once(signal, 'abort')]);
      return Continue();
    },
    isRetryable: (error) =>
      !/(authorization|permissions) violation/i.test(String(error)) && isRetryableTcpError(error),
    disconnect: ({ nats }) => nats.close(),
  };
}
