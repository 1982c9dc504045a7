import { expect, it, onTestFinished } from 'vitest';
import { freshFeed } from '../../examples/recipes/fresh.js';
import { nothingLeft } from '../support/leftovers.js';
import { RestartableServer } from '../support/restartableServer.js';
import { until } from '../support/until.js';

it('replaces a session without data, although its server answers pings', async () => {
  let pings = 0;
  const server = new RestartableServer((socket) => socket.on('ping', () => (pings += 1)));
  await server.start();
  onTestFinished(() => server.kill());
  const log: unknown[] = [];
  const link = freshFeed(
    server.url,
    1000,
    (message) => log.push(message),
    (isFresh) => log.push(isFresh),
  ).start();
  const causes: unknown[] = [];
  link.on('connection.closed', ({ error }) => causes.push((error as Error | undefined)?.message));
  await until('the first session', () => link.connection !== undefined);
  server.broadcast('first');
  await until('its message', () => log.length === 2);
  link.send({ type: 'probe' }); // a ping
  await until('a ping', () => pings === 1);
  await until('the end of the silent session', () => causes.length === 1);
  link.send({ type: 'reconnect' });
  await until('the second session', () => server.accepted === 2 && link.connection !== undefined);
  server.broadcast('second');
  await until('the second message', () => log.length === 5);
  expect(log).toEqual([true, 'first', false, true, 'second']);
  expect(causes).toEqual(['no message for 1000 ms']);
  await link.close();
  expect(log.at(-1)).toBe(false);
  await server.kill();
  await nothingLeft();
});
