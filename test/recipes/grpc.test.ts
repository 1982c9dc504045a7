import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { createServer, type Socket } from 'node:net';
import {
  type Client,
  type MethodDefinition,
  Server,
  ServerCredentials,
  type ServerWritableStream,
  status,
} from '@grpc/grpc-js';
import { constantBackoff } from 'schmoozer';
import { createReconnectActor } from 'schmoozer/compiled';
import { expect, it, onTestFinished } from 'vitest';
import { grpcConnector } from '../../examples/recipes/grpc.js';
import { nothingLeft } from '../support/leftovers.js';
import { listening } from '../support/loopback.js';
import { outage } from '../support/outage.js';
import { until } from '../support/until.js';

const pass = (bytes: Buffer) => bytes;
const follow: MethodDefinition<Buffer, Buffer> = {
  path: '/Ticks/Follow',
  requestStream: false,
  responseStream: true,
  requestSerialize: pass,
  requestDeserialize: pass,
  responseSerialize: pass,
  responseDeserialize: pass,
};

/** A server of gRPC that can be killed; each stream gets one message. */
function ticks() {
  const open = new Set<unknown>();
  let server: Server | undefined;
  let port = 0;
  let count = 0;
  let refusal: number | undefined;
  const handle = (call: ServerWritableStream<Buffer, Buffer>) => {
    if (refusal !== undefined) return call.emit('error', { code: refusal, details: 'refused' });
    open.add(call);
    call.on('cancelled', () => open.delete(call)).on('close', () => open.delete(call));
    call.write(Buffer.from(String(++count)));
  };
  const start = async () => {
    server = new Server();
    server.addService({ follow }, { follow: handle });
    port = await new Promise<number>((resolve, reject) => {
      const bound = (error: Error | null, of: number) => (error ? reject(error) : resolve(of));
      server?.bindAsync(`127.0.0.1:${port}`, ServerCredentials.createInsecure(), bound);
    });
  };
  const kill = () => {
    server?.forceShutdown();
    server = undefined;
  };
  onTestFinished(kill);
  const address = () => `127.0.0.1:${port}`;
  return { start, kill, open, address, refuse: (code: number) => (refusal = code) };
}

const reading =
  (heard: string[]) =>
  async (client: Client, signal: AbortSignal): Promise<void> => {
    const stream = client.makeServerStreamRequest(follow.path, pass, pass, Buffer.alloc(0));
    signal.addEventListener('abort', () => stream.cancel());
    for await (const message of stream) heard.push(String(message));
  };

it('gRPC: a stream is followed again when the server is back, and nothing is left after a stop', async () => {
  const server = ticks();
  await server.start();
  const heard: string[] = [];
  const connector = grpcConnector(server.address(), reading(heard));
  const link = createReconnectActor(connector, { backoff: constantBackoff(20) }).start();
  let failures = 0;
  link.on('attempt.failed', () => (failures += 1));
  await until('the first', () => heard.length === 1);
  for (const kills of [1, 2, 3]) {
    await outage(link, server);
    const failed = failures;
    await until('the next', () => heard.length === kills + 1);
    expect(server.open.size).toBe(1);
    expect(failures).toBe(failed); // no backoff but the link's
  }
  expect(heard).toEqual(['1', '2', '3', '4']);
  expect(await link.close('done')).toMatchObject({ status: 'stopped', reason: 'done' });
  await until('no stream', () => server.open.size === 0);
  server.kill();
  await nothingLeft();
});

it('gRPC: two links to one server have a connection each', async () => {
  let sockets = 0;
  const count = () => (sockets += 1);
  subscribe('net.client.socket', count);
  onTestFinished(() => void unsubscribe('net.client.socket', count));
  const server = ticks();
  await server.start();
  const links = [1, 2].map(() =>
    createReconnectActor(grpcConnector(server.address(), reading([]))).start(),
  );
  await Promise.all(links.map((link) => link.opened()));
  expect(sockets).toBe(2);
  await Promise.all(links.map((link) => link.close()));
  server.kill();
  await nothingLeft();
});

it('gRPC: what is refused for good ends the link', async () => {
  const server = ticks();
  await server.start();
  server.refuse(status.UNAUTHENTICATED);
  const link = createReconnectActor(grpcConnector(server.address(), reading([]))).start();
  expect(await link.ended()).toMatchObject({ status: 'failed', error: { code: 16 } });
  server.kill();
  await nothingLeft();
});

it('gRPC: a stop while it connects, to a server that says nothing', async () => {
  const sockets = new Set<Socket>();
  const silent = createServer((socket) => {
    sockets.add(socket);
    socket
      .on('error', () => {})
      .on('close', () => sockets.delete(socket))
      .resume();
  });
  const port = await listening(silent);
  const link = createReconnectActor(grpcConnector(`127.0.0.1:${port}`, async () => {})).start();
  await until('the attempt', () => sockets.size === 1);
  await link.close();
  await until('no connection', () => sockets.size === 0);
  silent.close();
  await nothingLeft();
});
