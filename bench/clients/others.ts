import type { StartClient } from './client.js';

const host = '127.0.0.1';

/** Clients of other protocols, with their defaults; loaded is only what is asked for. */
export const others = {
  async ioredis() {
    const { Redis } = await import('ioredis');
    return ({ port }) => new Redis({ host, port }).on('error', () => {});
  },
  async mqtt() {
    const { connect } = await import('mqtt');
    return ({ port }) => connect({ host, port }).on('error', () => {});
  },
  async nats() {
    const { connect } = await import('@nats-io/transport-node');
    // Without these two it gives up: on the first connect, and after ten attempts.
    const patience = { waitOnFirstConnect: true, maxReconnectAttempts: -1 };
    return ({ port }) => connect({ servers: `${host}:${port}`, ...patience });
  },
  async 'amqp-connection-manager'() {
    const { connect } = await import('amqp-connection-manager');
    return ({ port }) => connect(`amqp://${host}:${port}`);
  },
} satisfies Record<string, () => Promise<StartClient>>;
