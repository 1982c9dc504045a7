// Orders over AMQP, both ways: published until the broker has them, and acknowledged when they are handled.
import { amqpConsumer, amqpPublisher, type AmqpPublisherConnection } from '@schmoozer/amqp';
import { run } from 'schmoozer';
import { outbox } from 'schmoozer/outbox';

type Order = { readonly id: string; readonly euros: number };

const url = process.env['AMQP_URL'] ?? 'amqp://guest:guest@127.0.0.1:5672';
const stop = new AbortController();
process.once('SIGINT', () => stop.abort('SIGINT')).once('SIGTERM', () => stop.abort('SIGTERM'));

const box = outbox<Order, AmqpPublisherConnection>({
  key: ({ id }) => id,
  // An order that no queue accepts stays in the outbox.
  send: (connection, order, { key: messageId }) =>
    connection.publish('shop', 'order', JSON.stringify(order), { messageId, mandatory: true }),
});

const publisher = amqpPublisher({
  url,
  setup: (channel) => channel.assertExchange('shop', 'topic'),
  run: box.serve(),
});

const consumer = amqpConsumer({
  url,
  queue: 'invoices',
  queueType: 'quorum',
  // A message that failed too often goes to `invoices.failed`.
  assertQueue: { deadLetterExchange: '', deadLetterRoutingKey: 'invoices.failed' },
  async setup(channel) {
    await channel.assertQueue('invoices.failed');
    await channel.assertExchange('shop', 'topic');
    await channel.bindQueue('invoices', 'shop', 'order');
  },
  maxInFlight: 8,
  onSession: ({ epoch, gap }) => console.log('session', epoch, { gap }),
  // At least once: an order with the same id is the same order.
  onMessage({ content, properties }, { redeliveries }) {
    const { euros } = JSON.parse(String(content)) as Order;
    console.log('invoice for order', properties.messageId, 'of', euros, 'EUR', { redeliveries });
  },
  onDeadLetter: ({ properties }, error) => console.error('aside:', properties.messageId, error),
});

await box.add({ id: `order-${process.pid}`, euros: 12 });
const { signal } = stop;
await Promise.all([run(publisher, { signal }), run(consumer, { signal })]);
