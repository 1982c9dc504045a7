import type { Server } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { createTRPCClient, createWSClient, wsLink } from '@trpc/client';
import { initTRPC, tracked } from '@trpc/server';
import { applyWSSHandler } from '@trpc/server/adapters/ws';
import { constantBackoff } from 'schmoozer';
import { createReconnectActor } from 'schmoozer/compiled';
import { expect, it, onTestFinished, vi } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { ofTrpc } from '../../examples/recipes/retry-delays.js';
import { trpcConnector } from '../../examples/recipes/trpc.js';
import { killableServer } from '../support/killableServer.js';
import { nothingLeft } from '../support/leftovers.js';
import { silentUpgrade } from '../support/silentUpgrade.js';
import { outage } from '../support/outage.js';
import { until } from '../support/until.js';

let last = 0;
/** The numbers after `from`, up to `to`. */
const range = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, i) => from + i + 1);
const t = initTRPC.create();
const router = t.router({
  double: t.procedure.input((input) => Number(input)).query(({ input }) => 2 * input),
  ticks: t.procedure
    .input((input) => input as { lastEventId?: string | undefined })
    .subscription(async function* ticks({ input, signal }) {
      let id = Number(input.lastEventId ?? 0);
      for (;;) {
        for (const next of range(id, last)) yield tracked(String((id = next)), id);
        await wait(5);
        if (signal?.aborted) return;
      }
    }),
});

function serveRouter(http: Server) {
  const wss = new WebSocketServer({ server: http });
  applyWSSHandler({ wss, router, createContext: () => ({}) });
  return () => wss.close();
}

it('tRPC: a subscription continues where it was, and nothing is left after a stop', async () => {
  last = 2;
  const server = await killableServer(serveRouter);
  const heard: number[] = [];
  let lastEventId: string | undefined;
  const connector = trpcConnector<typeof router>(
    server.url,
    (client, signal) =>
      new Promise<void>((resolve, reject) => {
        client.ticks.subscribe(
          { lastEventId },
          {
            onData({ id, data }) {
              lastEventId = id;
              heard.push(data);
            },
            onError: reject,
            onComplete: resolve,
            signal,
          },
        );
      }),
  );
  const link = createReconnectActor(connector, { backoff: constantBackoff(20) }).start();
  await until('the first', () => heard.length === 2);
  for (const kills of [1, 2, 3]) {
    last += 2;
    await outage(link, server);
    await until('the next', () => heard.length === 2 + 2 * kills);
    expect(server.open).toBe(1);
  }
  expect(heard).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  const { client } = await link.opened();
  expect(await client.double.query(21)).toBe(42);
  expect(await link.close('done')).toEqual({ status: 'stopped', reason: 'done' });
  await until('no connection', () => server.open === 0);
  await server.kill();
  await nothingLeft();
});

it('tRPC: a stop while it connects, to a server that says nothing', async () => {
  const server = await killableServer(silentUpgrade);
  const link = createReconnectActor(trpcConnector(server.url, async () => {})).start();
  await until('the attempt', () => server.open === 1);
  await link.close();
  await until('no connection', () => server.open === 0);
  await server.kill();
  await nothingLeft();
});

it('tRPC with its own retries and our delays: a subscription continues', async () => {
  const random = vi.spyOn(Math, 'random').mockReturnValue(0); // the shortest delays
  onTestFinished(() => random.mockRestore());
  last = 1;
  const server = await killableServer(serveRouter);
  const ws = createWSClient({ url: server.url, WebSocket: WebSocket as never, ...ofTrpc });
  const client = createTRPCClient<typeof router>({ links: [wsLink({ client: ws })] });
  const heard: number[] = [];
  client.ticks.subscribe({}, { onData: ({ data }) => heard.push(data) });
  await until('the first', () => heard.length === 1);
  await server.kill();
  last = 2;
  await server.start();
  await until('the next', () => heard.length === 2);
  expect(heard).toEqual([1, 2]);
  expect(server.open).toBe(1);
  await ws.close();
  await until('no connection', () => server.open === 0);
  await server.kill();
  await nothingLeft();
});
