import type { Server } from 'node:http';
import { Socket } from 'phoenix';
import { constantBackoff } from 'schmoozer';
import { createReconnectActor } from 'schmoozer/compiled';
import { expect, it, onTestFinished, vi } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { ofPhoenix } from '../../examples/recipes/retry-delays.js';
import { phoenixConnector } from '../../examples/recipes/phoenix.js';
import { killableServer } from '../support/killableServer.js';
import { nothingLeft } from '../support/leftovers.js';
import { silentUpgrade } from '../support/silentUpgrade.js';
import { outage } from '../support/outage.js';
import { until } from '../support/until.js';

type Message = readonly [
  joinRef: string | null,
  ref: string,
  topic: string,
  event: string,
  payload: unknown,
];

/** Phoenix's own server is of Elixir: this one speaks the second version of its protocol, in JSON. */
function phoenixServer() {
  const events: string[] = [];
  let sockets: Set<WebSocket> = new Set();
  let joinRef: string | null = null;
  let refusals = 0;
  const serve = (socket: WebSocket) =>
    socket.on('message', (data: Buffer) => {
      const [join, ref, topic, event] = JSON.parse(String(data)) as Message;
      events.push(event);
      const isRefused = event === 'phx_join' && refusals-- > 0;
      const reply = isRefused
        ? { status: 'error', response: { reason: 'not now' } }
        : { status: 'ok', response: {} };
      socket.send(JSON.stringify([join, ref, topic, 'phx_reply', reply]));
      if (event === 'phx_join') joinRef = join;
    });
  const attach = (http: Server) => {
    const server = new WebSocketServer({ server: http, path: '/socket/websocket' });
    sockets = server.clients;
    server.on('connection', serve);
    return () => server.close();
  };
  const send = (event: string, payload: unknown) => {
    for (const socket of sockets) {
      socket.send(JSON.stringify([joinRef, null, 'room:lobby', event, payload]));
    }
  };
  const refuse = (times: number) => (refusals = times);
  return { attach, events, send, refuse };
}

async function begin() {
  const { attach, ...phoenix } = phoenixServer();
  const server = await killableServer(attach);
  const heard: unknown[] = [];
  const connector = phoenixConnector(`${server.url}/socket`, 'room:lobby', (channel) =>
    channel.on('news', (payload) => void heard.push(payload)),
  );
  const link = createReconnectActor(connector, { backoff: constantBackoff(20) });
  const joined = async () => (await link.opened()).channel;
  return { ...phoenix, server, heard, link, joined };
}

it('Phoenix: a channel is joined again when the server is back, and nothing is left after a stop', async () => {
  const { events, heard, joined, link, send, server } = await begin();
  link.start();
  await joined();
  send('news', { tick: 1 });
  await until('the first', () => heard.length === 1);
  for (const kills of [1, 2, 3]) {
    await outage(link, server);
    await joined();
    send('news', { tick: kills + 1 });
    await until('the next', () => heard.length === kills + 1);
    expect(server.open).toBe(1);
  }
  expect(heard).toEqual([{ tick: 1 }, { tick: 2 }, { tick: 3 }, { tick: 4 }]);
  expect(await link.close('done')).toEqual({ status: 'stopped', reason: 'done' });
  await until('no connection', () => server.open === 0);
  expect(events).toEqual(['phx_join', 'phx_join', 'phx_join', 'phx_join', 'phx_leave']);
  await server.kill();
  await nothingLeft();
});

it('Phoenix: a refused join is a failed attempt, a crash of the channel a lost session', async () => {
  const { joined, link, refuse, send, server } = await begin();
  refuse(2);
  const failures: unknown[] = [];
  link.on('attempt.failed', ({ error }) => failures.push((error as Error).cause));
  link.start();
  const first = await joined();
  expect(failures).toEqual([{ reason: 'not now' }, { reason: 'not now' }]);
  send('phx_error', {});
  await until('the end', () => link.connection === undefined);
  expect(await joined()).not.toBe(first);
  expect([server.accepted, server.open]).toEqual([4, 1]);
  await link.close();
  await server.kill();
  await nothingLeft();
});

it('Phoenix: a stop while it connects, to a server that says nothing', async () => {
  const server = await killableServer(silentUpgrade);
  const link = createReconnectActor(phoenixConnector(server.url, 'a', () => {})).start();
  await until('the attempt', () => server.open === 1);
  await link.close();
  await until('no connection', () => server.open === 0);
  await server.kill();
  await nothingLeft();
});

it('Phoenix with its own retries and our delays: a channel is joined again', async () => {
  const random = vi.spyOn(Math, 'random').mockReturnValue(0); // the shortest delays
  onTestFinished(() => random.mockRestore());
  const { attach, events } = phoenixServer();
  const server = await killableServer(attach);
  const socket = new Socket(`${server.url}/socket`, { transport: WebSocket, ...ofPhoenix });
  const channel = socket.channel('room:lobby');
  channel.join();
  socket.connect();
  await until('the first', () => channel.state === 'joined');
  await server.kill();
  await server.start();
  await until('the next', () => events.length === 2 && channel.state === 'joined');
  expect(server.open).toBe(1);
  await new Promise<void>((resolve) => socket.disconnect(resolve));
  await until('no connection', () => server.open === 0);
  await server.kill();
  await nothingLeft();
});
