import type { Server } from 'node:http';
import { GraphQLInt, GraphQLObjectType, GraphQLSchema } from 'graphql';
import { createClient } from 'graphql-ws';
import { useServer } from 'graphql-ws/use/ws';
import { setTimeout as wait } from 'node:timers/promises';
import { constantBackoff } from 'schmoozer';
import { createReconnectActor } from 'schmoozer/compiled';
import ReconnectingWebSocket from 'schmoozer/reconnecting-websocket';
import { expect, it, onTestFinished, vi } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { ofGraphqlWs } from '../../examples/recipes/retry-delays.js';
import { graphqlConnector } from '../../examples/recipes/graphql-ws.js';
import { killableServer } from '../support/killableServer.js';
import { nothingLeft } from '../support/leftovers.js';
import { silentUpgrade } from '../support/silentUpgrade.js';
import { outage } from '../support/outage.js';
import { until } from '../support/until.js';

/** A server with a subscription that answers the numbers from `start` on. */
function attachTo(context: { ticks: number; codes?: number[] }) {
  const tick = {
    type: GraphQLInt,
    async *subscribe() {
      yield { tick: ++context.ticks };
      await new Promise(() => {});
    },
  };
  const fields = { tick: { type: GraphQLInt } };
  const schema = new GraphQLSchema({
    query: new GraphQLObjectType({ name: 'Query', fields }),
    subscription: new GraphQLObjectType({ name: 'Subscription', fields: { tick } }),
  });
  return (http: Server) => {
    const server = new WebSocketServer({ server: http });
    const { dispose } = useServer({ schema }, server);
    server.on('connection', (socket) => socket.on('close', (code) => context.codes?.push(code)));
    return dispose;
  };
}

const query = 'subscription { tick }';

it('graphql-ws: subscriptions continue when the server is back, and nothing is left after a stop', async () => {
  const server = await killableServer(attachTo({ ticks: 0 }));
  const heard: unknown[] = [];
  const connector = graphqlConnector(server.url, async (client) => {
    for await (const { data } of client.iterate({ query })) heard.push(data);
  });
  const link = createReconnectActor(connector, { backoff: constantBackoff(20) }).start();
  const details: unknown[] = [];
  link.on('connection.closing', ({ error }) => details.push((error as Error | undefined)?.message));
  await until('the first', () => heard.length === 1);
  for (const kills of [1, 2, 3]) {
    await outage(link, server);
    await until('the next', () => heard.length === kills + 1);
    expect(server.open).toBe(1);
  }
  expect(heard).toEqual([{ tick: 1 }, { tick: 2 }, { tick: 3 }, { tick: 4 }]);
  expect(await link.close('done')).toEqual({ status: 'stopped', reason: 'done' });
  await until('no connection', () => server.open === 0);
  await server.kill();
  await nothingLeft();
  expect(details).toHaveLength(4);
  expect(details.at(-1)).toBeUndefined();
});

it('graphql-ws: a session that ends by itself says goodbye', async () => {
  const codes: number[] = [];
  const server = await killableServer(attachTo({ ticks: 0, codes }));
  const connector = graphqlConnector(server.url, async () => {});
  const link = createReconnectActor(connector, { backoff: constantBackoff(60_000) }).start();
  await until('the goodbye', () => codes.length === 1);
  expect(codes).toEqual([1000]);
  await link.close();
  await server.kill();
  await nothingLeft();
});

it('graphql-ws: a stop while it connects, to a server that says nothing', async () => {
  const server = await killableServer(silentUpgrade);
  const connector = graphqlConnector(server.url, async () => {});
  const link = createReconnectActor(connector).start();
  await until('the attempt', () => server.open === 1);
  await link.close();
  await until('no connection', () => server.open === 0);
  await server.kill();
  await nothingLeft();
});

/** How many connections the server has after three kills, and how many after `dispose()`. */
async function ghosts(webSocketImpl: unknown) {
  const server = await killableServer(attachTo({ ticks: 0 }));
  const client = createClient({
    url: server.url,
    webSocketImpl,
    retryWait: () => wait(20),
    retryAttempts: Infinity,
    shouldRetry: () => true,
  });
  let heard = 0;
  client.subscribe({ query }, { next: () => heard++, error: () => {}, complete: () => {} });
  await until('the first', () => heard === 1);
  for (let kills = 1; kills <= 3; kills += 1) {
    await server.kill();
    await wait(50); // time for some attempts of the client
    await server.start();
    await until('the next', () => heard === kills + 1);
  }
  await wait(100);
  const open = server.open;
  await client.dispose();
  await wait(100);
  return [open, server.open] as const;
}

it('graphql-ws: a class that reconnects leaves a ghost for each attempt, a plain one none', async () => {
  const made: ReconnectingWebSocket[] = [];
  class Reconnecting extends ReconnectingWebSocket {
    constructor(url: string, protocols: string) {
      super(url, protocols, { WebSocket, maxReconnectionDelay: 10, minReconnectionDelay: 10 });
      made.push(this);
    }
  }
  expect(await ghosts(WebSocket)).toEqual([1, 0]);
  const [open, openAfterDispose] = await ghosts(Reconnecting);
  expect(open).toBeGreaterThanOrEqual(4);
  expect(openAfterDispose).toBe(open - 1);
  for (const socket of made) socket.close();
  await nothingLeft();
});

it('graphql-ws with its own retries and our delays: a subscription continues', async () => {
  const random = vi.spyOn(Math, 'random').mockReturnValue(0); // the shortest delays
  onTestFinished(() => random.mockRestore());
  const server = await killableServer(attachTo({ ticks: 0 }));
  const client = createClient({ url: server.url, webSocketImpl: WebSocket, ...ofGraphqlWs });
  let heard = 0;
  client.subscribe({ query }, { next: () => heard++, error: () => {}, complete: () => {} });
  await until('the first', () => heard === 1);
  await server.kill();
  await server.start();
  await until('the next', () => heard === 2);
  expect(server.open).toBe(1);
  await client.dispose();
  await until('no connection', () => server.open === 0);
  await server.kill();
  await nothingLeft();
});
