import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer as createHttpServer, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { root } from '../support/exec.js';
import { RestartableServer } from '../support/restartableServer.js';
import { until } from '../support/until.js';

interface Line {
  readonly level: string;
  readonly message: string;
  readonly port?: number;
  readonly link?: string;
}

/** The service, and the three servers it needs; what these see is in `seen`. */
async function begin() {
  const seen: string[] = [];
  const sockets = new Set<Socket>();
  const orders = createServer((socket) => {
    sockets.add(socket);
    socket.setEncoding('utf8').on('data', (text) => seen.push(`orders: ${String(text).trim()}`));
    socket.on('error', () => {}).on('close', () => sockets.delete(socket));
    socket.on('end', () => seen.push('orders: end'));
    socket.write('an order\n');
  }).listen(0, '127.0.0.1');
  const prices = new RestartableServer((socket) => {
    socket.send('a price');
    socket.on('close', (code) => seen.push(`prices: ${code}`));
  });
  const streams = new Set<ServerResponse>();
  const news = createHttpServer((_request, response) => {
    streams.add(response);
    response.on('close', () => {
      streams.delete(response);
      seen.push('news: end');
    });
    response.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: some news\n\n');
  }).listen(0, '127.0.0.1');
  await Promise.all([once(orders, 'listening'), once(news, 'listening'), prices.start()]);
  const portOf = (server: { address(): unknown }) => (server.address() as AddressInfo).port;
  const args = [
    '--import',
    'tsx',
    'examples/service/main.ts',
    `127.0.0.1:${portOf(orders)}`,
    prices.url,
    `http://127.0.0.1:${portOf(news)}/`,
    '0',
  ];
  const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'ignore', 'pipe'] });
  let text = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  onTestFinished(async () => {
    child.kill('SIGKILL');
    for (const socket of sockets) socket.destroy();
    for (const stream of streams) stream.destroy();
    news.closeAllConnections();
    orders.close();
    news.close();
    await prices.kill();
  });
  const lines = () =>
    text
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as Line);
  await until('the service listens', () => lines().some(({ message }) => message === 'listening'));
  const port = lines().find(({ message }) => message === 'listening')?.port;
  const get = async (path: string) => {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`);
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  };
  const isReady = async () => (await get('/readyz')).status === 200;
  const open = () => ({ orders: sockets.size, prices: prices.open, news: streams.size });
  return { child, exit: once(child, 'exit'), get, isReady, lines, open, prices, seen };
}

it('is ready while its three links are up, and alive while one is down', async () => {
  const { get, isReady, lines, open, prices } = await begin();
  await until('ready', isReady);
  expect(open()).toEqual({ orders: 1, prices: 1, news: 1 });
  await until('a message of each', async () => Object.keys((await get('/')).body).length === 3);
  expect(await get('/')).toEqual({
    status: 200,
    body: { orders: 'an order', prices: 'a price', news: 'some news' },
  });
  expect((await get('/elsewhere')).status).toBe(404);

  await prices.kill();
  await until('no longer ready', async () => !(await isReady()));
  expect(await get('/readyz')).toMatchObject({
    status: 503,
    body: { status: 'degraded', total: 3, states: { online: 2 } },
  });
  expect(await get('/livez')).toEqual({ status: 200, body: { status: 'up' } });

  await prices.start();
  await until('ready again', isReady);
  expect((await get('/readyz')).body).toMatchObject({
    status: 'up',
    links: { prices: { epoch: 2 } },
  });
  const ofPrices = lines().filter(({ link }) => link === 'prices');
  const [up, down] = ofPrices.map(({ level, message }) => `${level}: ${message}`);
  expect(up).toMatch(/^info: prices is up after/);
  expect(down).toMatch(/^warn: prices is down: lost after .* 1006/);
});

it('SIGTERM: it ends the links in order, with their goodbyes, and then by itself', async () => {
  const { child, exit, get, isReady, lines, open, seen } = await begin();
  await until('ready', isReady);
  expect((await get('/livez')).status).toBe(200);
  child.kill('SIGTERM');
  expect(await exit).toEqual([0, null]);
  expect(lines().at(-1)).toEqual({ level: 'info', message: 'stopped', late: [] });
  await until('no socket', () => Object.values(open()).every((count) => count === 0));
  expect(seen).toEqual(['news: end', 'prices: 1000', 'orders: goodbye', 'orders: end']);
  expect(
    lines()
      .map(({ message }) => message)
      .slice(-5),
  ).toEqual([
    'news has ended: stopped',
    'prices has ended: stopped',
    'orders has ended: stopped',
    'links has ended: stopped',
    'stopped',
  ]);
});
