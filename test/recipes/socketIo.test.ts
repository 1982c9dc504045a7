import type { Server as HttpServer } from 'node:http';
import { constantBackoff } from 'schmoozer';
import { createReconnectActor } from 'schmoozer/compiled';
import { Server } from 'socket.io';
import { io } from 'socket.io-client';
import { expect, it } from 'vitest';
import { socketIoConnector } from '../../examples/recipes/socketIo.js';
import { killableServer } from '../support/killableServer.js';
import { nothingLeft } from '../support/leftovers.js';
import { silentUpgrade } from '../support/silentUpgrade.js';
import { outage } from '../support/outage.js';
import { until } from '../support/until.js';

const options = {
  autoConnect: false,
  reconnection: false,
  transports: ['websocket'],
  forceNew: true,
};

it('Socket.IO: its listeners hear on when the server is back, and nothing is left after a stop', async () => {
  let tick = 0;
  let refusals = 1;
  let server: Server;
  const http = await killableServer((attached: HttpServer) => {
    server = new Server(attached);
    server.use((_socket, next) => next(refusals-- > 0 ? new Error('not now') : undefined));
    server.on('connection', (socket) => {
      socket.emit('tick', ++tick);
      socket.on('end', () => socket.disconnect(true));
    });
    return () => server.disconnectSockets(true);
  });
  const heard: number[] = [];
  const failed: string[] = [];
  const socket = io(http.url.replace('ws', 'http'), options);
  socket.on('tick', (count: number) => heard.push(count));
  const link = createReconnectActor(socketIoConnector(socket), { backoff: constantBackoff(20) });
  link.on('attempt.failed', ({ error }) => failed.push((error as Error).message));
  link.start();
  await until('the first', () => heard.length === 1);
  expect(failed).toEqual(['not now']);
  for (const kills of [1, 2]) {
    await outage(link, http);
    await until('the next', () => heard.length === kills + 1);
    expect(server!.sockets.sockets.size).toBe(1);
  }
  // Socket.IO itself would leave it at that.
  socket.emit('end');
  await until('the session after the server has ended one', () => heard.length === 4);
  expect(heard).toEqual([1, 2, 3, 4]);
  expect(await link.close('done')).toEqual({ status: 'stopped', reason: 'done' });
  await until('no session', () => server!.sockets.sockets.size === 0);
  await http.kill();
  await nothingLeft();
});

it('Socket.IO: a stop while it connects, to a server that says nothing', async () => {
  const server = await killableServer(silentUpgrade);
  const socket = io(server.url.replace('ws', 'http'), options);
  const link = createReconnectActor(socketIoConnector(socket)).start();
  await until('the attempt', () => server.open === 1);
  await link.close();
  await until('no connection', () => server.open === 0);
  await server.kill();
  await nothingLeft();
});
