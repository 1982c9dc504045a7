import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { startInspector } from '../../src/index.js';
import { inspectorFork, watching } from '../support/inspectorFork.js';
import { inspecting, producing, viewing } from '../support/peers.js';
import { until } from '../support/until.js';

async function stranger(port: number, text = ''): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  socket.on('error', () => {});
  onTestFinished(() => void socket.destroy());
  await once(socket, 'connect');
  socket.write(text);
  return socket;
}

const upgrade = (path: string, port: number) =>
  `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
  'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n';

it('2000 strangers that hold the line keep nobody out: the oldest make room', async () => {
  const inspector = await inspectorFork();
  const { port, url, producerUrl } = inspector;
  const lines: Socket[] = [];
  for (let i = 0; i < 2000; i++) {
    const half = ['', 'GET / HTTP/1.1\r\n', upgrade('/', port).slice(0, -2)][i % 3];
    lines.push(await stranger(port, half));
  }
  expect((await fetch(url)).status).toBe(200);
  const app = await producing(producerUrl);
  const page = await watching(inspector);
  app.send('{"type":"@xstate.actor","sessionId":"a"}');
  await until('the actor', () => page.actors.size === 1);
  // Whoever has shown the token is no stranger any more.
  for (let i = 0; i < 300; i++) await stranger(port);
  expect([app.readyState, page.socket.readyState]).toEqual([WebSocket.OPEN, WebSocket.OPEN]);
  const { peakMb } = await inspector.measure();
  expect(peakMb).toBeLessThan(256);
});

it('a thousand requests in one go for the largest file, whose answers nobody reads, hold one copy of it', async () => {
  const inspector = await inspectorFork();
  const { port } = inspector;
  const request = `GET /elk/elk-worker.min.js HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`;
  for (let i = 0; i < 20; i++) (await stranger(port, request.repeat(1000))).pause();
  await fetch(inspector.url);
  const { peakMb } = await inspector.measure();
  expect(peakMb).toBeLessThan(256);
});

it('apps and pages beyond their number are answered 503, and come in when one has gone; it is said', async () => {
  const inspector = await inspecting();
  const { host, search } = new URL(inspector.url);
  const apps: WebSocket[] = [];
  for (let i = 0; i < 200; i++) apps.push(await producing(inspector.producerUrl));
  const first = await viewing(inspector);
  for (let i = 0; i < 7; i++) await viewing(inspector);
  const statusOf = async (address: string, headers = {}) => {
    const socket = new WebSocket(address, { headers });
    onTestFinished(() => socket.terminate());
    socket.on('error', () => {});
    const [, response] = (await once(socket, 'unexpected-response')) as [
      unknown,
      { statusCode: number },
    ];
    return response.statusCode;
  };
  expect(await statusOf(inspector.producerUrl)).toBe(503);
  const origin = `http://${host}`;
  expect(await statusOf(`ws://${host}/view${search}`, { origin })).toBe(503);
  await until('it is said', () => first.of('actors').at(-1)?.totals.turnedAway === 2);
  apps[0]?.close();
  await until('it is gone', () => first.of('actors').at(-1)?.totals.producers === 199);
  await producing(inspector.producerUrl);
});

it('closes at once, and twice, whoever holds a line or half of one', async () => {
  const inspector = await startInspector({ port: 0 });
  const { port } = inspector;
  await stranger(port);
  await stranger(port, 'GET / HTTP/1.1\r\n');
  const refused = await stranger(port, upgrade('/', port));
  const [answer] = (await once(refused, 'data')) as [Buffer];
  expect(answer.toString()).toMatch(/^HTTP\/1\.1 401 /);
  const app = await producing(inspector.producerUrl);
  app.pause();
  await Promise.all([inspector.close(), inspector.close()]);
  await inspector.close();
  await (await startInspector({ port })).close();
});

it('an `onViewers` that throws costs a warning, not the app', async () => {
  const warned = once(process, 'warning') as Promise<[Error]>;
  const inspector = await inspecting({
    onViewers: () => {
      throw new Error('mine');
    },
  });
  const page = await viewing(inspector);
  expect((await warned)[0].message).toBe('mine');
  const app = await producing(inspector.producerUrl);
  app.send('{"type":"@xstate.actor","sessionId":"a"}');
  await until('the actor', () => page.actors.size === 1);
});

it('a stranger is not told to go on', async () => {
  const { port } = await inspecting();
  const socket = await stranger(
    port,
    'POST / HTTP/1.1\r\nHost: evil.example\r\nExpect: 100-continue\r\nContent-Length: 9\r\n\r\n',
  );
  const [answer] = (await once(socket, 'data')) as [Buffer];
  expect(answer.toString()).toMatch(/^HTTP\/1\.1 421 /);
});
