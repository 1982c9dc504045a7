import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { Redis } from 'ioredis';
import { expect, it, onTestFinished } from 'vitest';
import { rejection } from '../../../test/support/loopback.js';
import { until } from '../../../test/support/until.js';
import { redisBudgetStore, redisLock } from '../src/index.js';

/** A client whose server accepts, and then says nothing. */
async function waitingClient(): Promise<Redis> {
  const sockets: Socket[] = [];
  const server = createServer((socket) => void sockets.push(socket.on('error', () => {})));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  const client = new Redis({
    host: '127.0.0.1',
    port,
    retryStrategy: () => null,
    disconnectTimeout: 0,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
  });
  client.on('error', () => {});
  onTestFinished(() => {
    client.disconnect();
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  await until('the server has accepted', () => sockets.length > 0);
  return client;
}

const listenersOf = (client: Redis) =>
  ['error', 'ready', 'close'].map((event) => client.listenerCount(event));

it('any number of locks and budgets wait for a client with the listeners of one', async () => {
  const client = await waitingClient();
  const before = listenersOf(client);
  const lock = redisLock({ client, lifeMs: 500 });
  const store = redisBudgetStore({ client, perSecond: 1 });
  const controllers = Array.from({ length: 20 }, () => new AbortController());
  const waits = controllers.map(({ signal }, i) =>
    rejection(lock.acquire({ name: `lock ${i}`, signal })),
  );
  const reserved = rejection(store.reserve({ key: '', permits: 1 } as never));
  const [errors = 0, ready = 0, closes = 0] = before;
  await until('they wait', () => client.listenerCount('ready') > ready);
  expect(listenersOf(client)).toEqual([errors + 2, ready + 1, closes + 1]);
  for (const controller of controllers) controller.abort(new Error('enough'));
  for (const error of await Promise.all(waits)) expect(error).toMatchObject({ message: 'enough' });
  const again = rejection(
    lock.acquire({ name: 'again', signal: AbortSignal.abort(new Error('no more')) }),
  );
  expect(await again).toMatchObject({ message: 'no more' });
  expect(listenersOf(client)).toEqual([errors + 2, ready + 1, closes + 1]);
  client.disconnect();
  await reserved;
  expect(listenersOf(client)[1]).toBeLessThanOrEqual(ready);
});
