import { connect as connectNats } from '@nats-io/transport-node';
import amqp from 'amqp-connection-manager';
import { Redis } from 'ioredis';
import mqtt from 'mqtt';
import type { StartClient } from './client.js';

const host = '127.0.0.1';

/** Clients of other protocols, with their defaults. */
export const others = {
  ioredis: ({ port }) => new Redis({ host, port }).on('error', () => {}),
  mqtt: ({ port }) => mqtt.connect({ host, port }).on('error', () => {}),
  // Two settings, without which the client gives up: on the first connect, and after ten attempts.
  nats: ({ port }) =>
    connectNats({ servers: `${host}:${port}`, waitOnFirstConnect: true, maxReconnectAttempts: -1 }),
  'amqp-connection-manager': ({ port }) => amqp.connect(`amqp://${host}:${port}`),
} satisfies Record<string, StartClient>;
