// Postgres LISTEN that stays up: await run(postgresListen({ url, channels, onSession, onMessage }))
import { once } from 'node:events';
import { Socket } from 'node:net';
import type { ConnectionOptions } from 'node:tls';
import { Client, type DatabaseError, escapeIdentifier, type Notification } from 'pg';
import { type Connector, Continue } from 'schmoozer';
import { isRetryableTcpError } from 'schmoozer/tcp';

type Link = { client: Client; socket: Socket; lost: Promise<never> }; // `lost` rejects when it is gone

export interface PostgresListenOptions {
  readonly url: string;
  readonly ssl?: ConnectionOptions;
  readonly channels: readonly string[];
  readonly password?: () => string | Promise<string>; // asked at each attempt
  /** How often a `SELECT 1` goes out, and how long its answer may take; default 10 000. */
  readonly heartbeatMs?: number;
  /** Postgres keeps nothing for us: with `gap`, what was notified between the sessions is lost. */
  readonly onSession: (session: { epoch: number; gap: boolean }) => void;
  readonly onMessage: (message: Notification & { epoch: number }) => void;
}

export function postgresListen(options: PostgresListenOptions): Connector<Link> {
  const { url, channels, heartbeatMs = 10_000, onSession, onMessage } = options;
  const listen = channels.map((channel) => `LISTEN ${escapeIdentifier(channel)}`).join(';');
  return {
    async connect({ signal, epoch }) {
      const password = options.password && { password: await options.password() };
      signal.throwIfAborted();
      const socket = new Socket(); // ours, so that it can be destroyed
      const mine = { connectionString: url, ssl: options.ssl, stream: () => socket };
      const client = new Client({ ...mine, ...password });
      client.on('notification', (notification) => onMessage({ ...notification, epoch }));
      const listening = client.connect().then(() => client.query(listen));
      const lost = new Promise<never>((_, reject) => {
        client.on('error', reject).once('end', () => reject(new Error('Postgres hung up')));
        listening.catch(reject);
        signal.addEventListener('abort', () => reject(signal.reason as Error));
      });
      lost.catch(() => socket.destroy());
      await Promise.race([lost, listening]);
      return { client, socket, lost };
    },
    async run({ client, socket, lost }, { signal, epoch }) {
      onSession({ epoch, gap: epoch > 1 });
      const probe = { text: 'SELECT 1', query_timeout: heartbeatMs };
      const beat = () => void client.query(probe).catch((error: Error) => socket.destroy(error));
      const timer = setInterval(beat, heartbeatMs);
      await Promise.race([lost, once(signal, 'abort')]).finally(() => clearInterval(timer));
      return Continue();
    },
    // Who we are (28), the database (3D), what we may do (42): the same next time.
    isRetryable: (error) =>
      !/^(28|3D|42)/.test(String((error as DatabaseError).code)) && isRetryableTcpError(error),
    disconnect({ client, socket }) {
      socket.setTimeout(1000, () => socket.destroy()); // a dead peer never answers our goodbye
      return client.end();
    },
  };
}
