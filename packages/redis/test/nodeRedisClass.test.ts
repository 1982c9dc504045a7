import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import * as redis from 'redis';
import { expect, it, onTestFinished, vi } from 'vitest';
import { openNodeRedis } from '../src/openNodeRedis.js';

const clients = vi.hoisted((): object[] => []);
vi.mock('redis', async (original) => {
  const real = await original<typeof redis>();
  return {
    ...real,
    createClient: (options: redis.RedisClientOptions) => {
      const client = real.createClient(options);
      clients.push(client);
      return client;
    },
  };
});

async function silentServer(): Promise<number> {
  const server = createServer((socket) => void socket.on('error', () => {}));
  onTestFinished(() => void server.close());
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return (server.address() as AddressInfo).port;
}

it('connections to several servers share the class that node-redis makes', async () => {
  for (const port of [await silentServer(), await silentServer()]) {
    const connection = openNodeRedis(
      { host: '127.0.0.1', port, path: undefined, tls: undefined },
      () => {},
    );
    connection.ready.catch(() => {});
    await connection.close();
  }
  const [first, second] = clients.map((client) => client.constructor);
  expect(first).toBeTypeOf('function');
  expect(first).toBe(second);
});
