// Handles the messages of a NATS JetStream stream, each at least once, through outages and deploys:
// NATS_URL=nats://me:secret@localhost:4222 tsx examples/nats.ts orders
import { natsConsumer } from '@schmoozer/nats/jetstream';
import { run } from 'schmoozer';

const [stream = 'orders'] = process.argv.slice(2);

const consumer = natsConsumer({
  servers: process.env['NATS_URL'] ?? 'nats://localhost:4222',
  stream,
  durable: 'workers', // the server keeps the position; start any number of processes
  maxInFlight: 4,
  maxRedeliveries: 3,
  onSession: ({ epoch, gap }) =>
    console.log('session', epoch, gap ? 'after a gap' : 'without a gap'),
  async onMessage(message, { redeliveries }) {
    console.log(message.subject, message.string(), redeliveries);
  },
  onDeadLetter: (message, error) => console.error('put aside:', message.seq, error),
});

// Running handlers finish, their messages are acknowledged, and then the process ends.
const stop = new AbortController();
process.once('SIGINT', () => stop.abort('SIGINT')).once('SIGTERM', () => stop.abort('SIGTERM'));
console.log(await run(consumer, { signal: stop.signal }));
