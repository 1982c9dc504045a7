import type { Variant } from '../bench.js';

export interface Peer extends Variant {
  readonly protocol: string;
}

export const peers: readonly Peer[] = [
  { name: 'ioredis', label: 'ioredis', protocol: 'redis' },
  { name: 'mqtt', label: 'MQTT.js', protocol: 'mqtt' },
  {
    name: 'nats',
    label: 'nats.js',
    protocol: 'nats',
    note: 'configured never to give up: by default ten attempts',
  },
  { name: 'amqp-connection-manager', label: 'amqp-connection-manager', protocol: 'amqp' },
  { name: 'socket.io-client', label: 'socket.io-client', protocol: 'socketIo' },
  {
    name: 'reconnecting-websocket',
    label: 'reconnecting-websocket',
    protocol: 'webSocket',
    note: 'given a WebSocket with an error listener: otherwise a connect timeout ends the process',
  },
  { name: 'partysocket', label: 'partysocket', protocol: 'webSocket' },
  { name: 'schmoozer', label: '**schmoozer/websocket**', protocol: 'webSocket' },
];

/** What the silent server's target would take. */
export const patient: Peer = {
  name: 'schmoozer-patient',
  label: 'schmoozer/websocket, patient',
  protocol: 'webSocket',
  note: '`connectTimeoutMs` of 30 s, as MQTT.js has it',
};

export const packages = [
  'ioredis',
  'mqtt',
  '@nats-io/transport-node',
  'amqp-connection-manager',
  'amqplib',
  'socket.io-client',
  'reconnecting-websocket',
  'partysocket',
  'ws',
];
