import { constantBackoff } from 'schmoozer';
import { createReconnectActor } from 'schmoozer/compiled';
import { expect, it } from 'vitest';
import { Awareness } from 'y-protocols/awareness';
import { Doc } from 'yjs';
import { yConnector } from '../../examples/recipes/y-websocket.js';
import { killableServer } from '../support/killableServer.js';
import { nothingLeft } from '../support/leftovers.js';
import { silentUpgrade } from '../support/silentUpgrade.js';
import { outage } from '../support/outage.js';
import { until } from '../support/until.js';
import { serveDoc } from '../support/yServer.js';

it('y-websocket: edits of both sides meet when the server is back, and nothing is left after a stop', async () => {
  const theirs = new Doc();
  const server = await killableServer(serveDoc(theirs));
  const ours = new Doc();
  const awareness = new Awareness(ours);
  awareness.setLocalState({ name: 'Ada' });
  const link = createReconnectActor(yConnector(server.url, 'room', awareness), {
    backoff: constantBackoff(20),
  }).start();
  const textOf = (doc: Doc) => [...doc.getArray<string>('text')].toSorted().join(' ');
  const meet = (...expected: string[]) => {
    const text = expected.toSorted().join(' ');
    return until(text, () => textOf(ours) === text && textOf(theirs) === text);
  };
  await link.opened();
  ours.getArray('text').push(['a1']);
  theirs.getArray('text').push(['b1']);
  const expected = ['a1', 'b1'];
  await meet(...expected);
  for (const round of [2, 3, 4]) {
    await server.kill();
    await until('the loss', () => link.connection === undefined);
    ours.getArray('text').push([`a${round}`]);
    theirs.getArray('text').push([`b${round}`]);
    await outage(link, server);
    expected.push(`a${round}`, `b${round}`);
    await meet(...expected);
    expect(server.open).toBe(1);
  }
  expect(awareness.getLocalState()).toEqual({ name: 'Ada' });
  expect(await link.close('done')).toEqual({ status: 'stopped', reason: 'done' });
  await until('no connection', () => server.open === 0);
  await server.kill();
  awareness.destroy();
  await nothingLeft();
});

it('y-websocket: a permission that is refused ends the link', async () => {
  const server = await killableServer(serveDoc(new Doc(), (socket) => socket.close(4403, 'no')));
  const awareness = new Awareness(new Doc());
  const link = createReconnectActor(yConnector(server.url, 'room', awareness)).start();
  const output = await link.ended();
  expect(output).toMatchObject({ status: 'failed', error: { closeCode: 4403 } });
  expect(server.accepted).toBe(1);
  await server.kill();
  awareness.destroy();
  await nothingLeft();
});

it('y-websocket: a stop while it connects, to a server that says nothing', async () => {
  const server = await killableServer(silentUpgrade);
  const awareness = new Awareness(new Doc());
  const link = createReconnectActor(yConnector(server.url, 'room', awareness)).start();
  await until('the attempt', () => server.open === 1);
  await link.close();
  await until('no connection', () => server.open === 0);
  await server.kill();
  awareness.destroy();
  await nothingLeft();
});
