import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { WebSocketServer } from 'ws';
import { linkWithToken } from '../../examples/recipes/token.js';
import { killableServer } from '../support/killableServer.js';
import { nothingLeft } from '../support/leftovers.js';
import { until } from '../support/until.js';

/** A server that takes one token, and what it was shown. */
async function guarded() {
  const shown: string[] = [];
  let good = 'token 1';
  let wss: WebSocketServer | undefined;
  const server = await killableServer((http) => {
    wss = new WebSocketServer({
      server: http,
      verifyClient: ({ req }, answer) => {
        const token = String(req.headers.authorization).replace('Bearer ', '');
        shown.push(token);
        answer(token === good, 401);
      },
    });
    wss.on('connection', (socket) => socket.send('welcome'));
    return () => wss?.close();
  });
  const refuse = () => {
    for (const socket of wss?.clients ?? []) socket.close(4401, 'expired');
  };
  return { server, shown, accept: (token: string) => (good = token), refuse };
}

it('keeps a token that works, fetches one when it is refused, and gives up when a fresh one is', async () => {
  const { server, shown, accept, refuse } = await guarded();
  let fetched = 0;
  const heard: unknown[] = [];
  const link = linkWithToken(
    server.url,
    async () => ({ value: `token ${++fetched}`, expiresInMs: 3_600_000 }),
    (message) => heard.push(message),
  );
  // The delays of this test.
  link.on('retry.scheduled', () => setImmediate(() => link.send({ type: 'reconnect' })));
  link.start();
  await until('the first session', () => heard.length === 1);
  await server.kill();
  await server.start();
  await until('the second', () => heard.length === 2);
  expect(shown.at(-1)).toBe('token 1');
  expect(fetched).toBe(1);

  accept('token 2');
  refuse();
  await until('the third', () => heard.length === 3);
  expect([fetched, shown.at(-1)]).toEqual([2, 'token 2']);

  accept('no token');
  refuse();
  const output = await link.ended();
  expect(output).toMatchObject({ status: 'failed', error: { statusCode: 401 } });
  expect(fetched).toBe(3);
  await server.kill();
  await nothingLeft();
});

it('renews the session before its token expires', async () => {
  const { server, shown, accept } = await guarded();
  let fetched = 0;
  const link = linkWithToken(
    server.url,
    async () => {
      fetched += 1;
      accept(`token ${fetched}`);
      return { value: `token ${fetched}`, expiresInMs: 100 };
    },
    () => {},
  ).start();
  await until('the third token', () => shown.includes('token 3'));
  await link.close();
  expect(shown.slice(0, 3)).toEqual(['token 1', 'token 2', 'token 3']);
  await server.kill();
  await nothingLeft();
});

it('calls an error of the tables permanent and not fatal, so it does not end a link that has worked', async () => {
  const server = createServer((_, response) => response.writeHead(404).end());
  server.on('upgrade', (_, socket) => socket.end('HTTP/1.1 404 Not Found\r\n\r\n'));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  const token = { value: 'token 1', expiresInMs: 3_600_000 };
  const link = linkWithToken(
    `ws://127.0.0.1:${port}`,
    async () => token,
    () => {},
  );
  const verdicts: string[] = [];
  link.on('attempt.failed', ({ verdict }) => verdicts.push(verdict));
  expect(await link.start().ended()).toMatchObject({ error: { statusCode: 404 } });
  expect(verdicts).toEqual(['permanent']);
  server.close();
  await nothingLeft();
});
