import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { outbox } from 'schmoozer/outbox';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startProxy } from '../../../../test/support/proxy.js';
import { until } from '../../../../test/support/until.js';
import { type NatsPublisher, natsPublisher } from '../../src/jetstream.js';
import { startLink } from '../support/link.js';
import { hasServer, NatsServer } from '../support/natsServer.js';

async function started() {
  const server = await NatsServer.start();
  onTestFinished(() => server[Symbol.asyncDispose]());
  const admin = await connect({ servers: server.url });
  onTestFinished(() => admin.close());
  const jsm = await jetstreamManager(admin);
  await jsm.streams.add({ name: 'orders', subjects: ['orders.>'] });
  return { server, jsm };
}

describe.skipIf(!hasServer)('natsPublisher', () => {
  it('resolves when the stream has stored a message, and stores none of the same id again', async () => {
    const { server, jsm } = await started();
    let publisher: NatsPublisher | undefined;
    const { stop } = startLink(
      natsPublisher({
        servers: server.url,
        async run(connection, { signal }) {
          publisher = connection;
          await new Promise((resolve) => signal.addEventListener('abort', resolve));
          throw new Error('the end');
        },
      }),
    );
    await until('it is on', () => publisher);
    const first = await publisher?.publish('orders.new', 'one', { msgID: '1' });
    const second = await publisher?.publish('orders.new', 'one', { msgID: '1' });
    expect(first).toMatchObject({ stream: 'orders', seq: 1, duplicate: false });
    expect(second).toMatchObject({ stream: 'orders', seq: 1, duplicate: true });
    await expect(publisher?.publish('other', 'lost', { timeout: 1000 })).rejects.toMatchObject({
      name: 'JetStreamNotEnabled',
    });
    expect((await jsm.streams.info('orders')).state.messages).toBe(1);
    await stop();
  });

  it('sends what an outbox holds, each message stored once, in order, through losses', async () => {
    const { server, jsm } = await started();
    const proxy = await startProxy('127.0.0.1', server.port);
    onTestFinished(() => proxy[Symbol.asyncDispose]());
    let sent = 0;
    const box = outbox({
      async send(connection: NatsPublisher, text: string, { key }) {
        const stored = connection.publish('orders.new', text, { msgID: key });
        // Each tenth is stored, and its confirmation lost.
        if (++sent % 10 === 0) {
          await connection.nats.flush();
          proxy.reset();
        }
        await stored;
      },
    });
    const { stop } = startLink(
      natsPublisher({ servers: `127.0.0.1:${proxy.port}`, run: box.serve() }),
    );
    const texts = Array.from({ length: 50 }, (_, index) => `order ${index}`);
    for (const text of texts) await box.add(text);
    await box.drained();
    await stop();
    await box.close();
    expect(box.stats().resent).toBeGreaterThan(0);
    const { state } = await jsm.streams.info('orders');
    const stored = [];
    for (let seq = 1; seq <= state.last_seq; seq++) {
      stored.push((await jsm.streams.getMessage('orders', { seq }))?.string());
    }
    expect(stored).toEqual(texts);
  });

  it('is idle without `run`, and ends at a stop', async () => {
    const { server } = await started();
    const link = startLink(natsPublisher({ servers: server.url }));
    await until('it is on', () => link.isOnline());
    expect(await link.stop()).toMatchObject({ status: 'stopped' });
  });
});
