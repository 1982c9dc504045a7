import { NestFactory } from '@nestjs/core';
import { Continue } from 'schmoozer';
import { webSocketConnector } from 'schmoozer/websocket';
import { expect, it, onTestFinished } from 'vitest';
import { effectScope, nextTick, watchEffect } from 'vue';
import { WebSocket } from 'ws';
import { LinkModule, type LinkService } from '../../examples/recipes/nest.js';
import { connectionOf } from '../../examples/recipes/svelte.js';
import { useLink } from '../../examples/recipes/vue.js';
import { nothingLeft } from '../support/leftovers.js';
import { RestartableServer } from '../support/restartableServer.js';
import { until } from '../support/until.js';

const UP = 'up';
const DOWN = 'down';
const nameOf = (connection: unknown) => (connection === undefined ? DOWN : UP);

async function begin() {
  const server = new RestartableServer();
  await server.start();
  onTestFinished(() => server.kill());
  const connector = webSocketConnector({
    url: server.url,
    WebSocket,
    retryDelay: () => Continue(20),
    async run(session) {
      for await (const message of session) throw new Error(`unexpected: ${String(message)}`);
      return Continue();
    },
  });
  const end = async () => {
    await until('no connection', () => server.open === 0);
    await server.kill();
    await nothingLeft();
  };
  return { server, connector, end };
}

it('Vue: the connection comes, goes and comes back, and the link ends with the scope', async () => {
  const { server, connector, end } = await begin();
  const seen: string[] = [];
  const scope = effectScope();
  const { link } = scope.run(() => {
    const used = useLink(connector);
    watchEffect(() => void seen.push(nameOf(used.connection.value)));
    return used;
  }) as ReturnType<typeof useLink>;
  await until('up', () => seen.at(-1) === UP);
  await server.kill();
  await until('down', () => seen.at(-1) === DOWN);
  await server.start();
  await until('up again', () => seen.at(-1) === UP);
  scope.stop();
  expect(await link.ended()).toEqual({ status: 'stopped', reason: 'unmounted' });
  await nextTick();
  expect(seen).toEqual([DOWN, UP, DOWN, UP]);
  expect(server.accepted).toBe(2);
  await end();
});

it('Svelte: the store has the connection, and the link ends with the last subscriber', async () => {
  const { server, connector, end } = await begin();
  const store = connectionOf(() => connector);
  for (const round of [1, 2]) {
    const seen: string[] = [];
    const stops = [store.subscribe((connection) => seen.push(nameOf(connection)))];
    stops.push(store.subscribe(() => {}));
    await until('up', () => seen.at(-1) === UP);
    await server.kill();
    await until('down', () => seen.at(-1) === DOWN);
    await server.start();
    await until('up again', () => seen.at(-1) === UP);
    expect([server.accepted, server.open]).toEqual([2 * round, 1]);
    for (const stop of stops) stop();
    await until('the end', () => server.open === 0);
  }
  await end();
});

it('NestJS: the link begins with the application and ends before it', async () => {
  const { server, connector, end } = await begin();
  const app = await NestFactory.createApplicationContext(LinkModule.of('PRICES', connector), {
    logger: false,
  });
  const { link } = app.get<LinkService<unknown>>('PRICES');
  await link.opened();
  await server.kill();
  await until('the loss', () => link.connection === undefined);
  await server.start();
  await link.opened();
  expect([server.accepted, server.open]).toEqual([2, 1]);
  await app.close();
  expect(await link.ended()).toEqual({ status: 'stopped' });
  await end();
});
