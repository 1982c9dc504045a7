import { Duplex } from 'node:stream';
import ReconnectingWebSocket from 'schmoozer/reconnecting-websocket';
import ShareDB from 'sharedb';
import { Connection, type Doc as SharedDoc } from 'sharedb/lib/client/index.js';
import { expect, it, onTestFinished } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { WebsocketProvider } from 'y-websocket';
import { Doc } from 'yjs';
import { killableServer } from '../support/killableServer.js';
import { nothingLeft } from '../support/leftovers.js';
import { until } from '../support/until.js';
import { serveDoc } from '../support/yServer.js';

const delays = { minReconnectionDelay: 10, maxReconnectionDelay: 20 };

/** What ShareDB wants of a connection: a stream of objects. */
function streamOf(socket: WebSocket): Duplex {
  const stream = new Duplex({
    objectMode: true,
    read() {},
    write(message, _encoding, done) {
      if (socket.readyState === socket.OPEN) socket.send(JSON.stringify(message));
      done();
    },
  });
  socket.on('message', (data: Buffer) => stream.push(JSON.parse(String(data))));
  socket.on('close', () => stream.destroy());
  return stream;
}

/** A client of ShareDB over a socket that comes back, made once; and its document. */
async function client(url: string) {
  const socket = new ReconnectingWebSocket(url, [], {
    WebSocket,
    maxEnqueuedMessages: 0, // ShareDB replays by itself
    ...delays,
  });
  const connection = new Connection(socket as never);
  const doc = connection.get('notes', 'one') as SharedDoc<{ words: string[] }>;
  await new Promise<void>((resolve, reject) => {
    doc.subscribe((error) => (error ? reject(error as unknown as Error) : resolve()));
  });
  const add = (word: string) => doc.submitOp([{ p: ['words', 0], li: word }]);
  const words = () => [...doc.data.words].toSorted().join(' ');
  return { socket, connection, doc, add, words };
}

it('ShareDB with ReconnectingWebSocket: edits made in outages converge, with one socket each', async () => {
  const backend = new ShareDB();
  const server = await killableServer((http) => {
    const wss = new WebSocketServer({ server: http });
    wss.on('connection', (socket) => backend.listen(streamOf(socket)));
    return () => wss.close();
  });
  const first = backend.connect().get('notes', 'one');
  await new Promise<void>((resolve) => first.create({ words: [] }, () => resolve()));

  const ada = await client(server.url);
  const bob = await client(server.url);
  ada.add('a0');
  bob.add('b0');
  const expected = ['a0', 'b0'];
  const converge = () =>
    until('the same words', () => {
      const words = expected.toSorted().join(' ');
      return ada.words() === words && bob.words() === words;
    });
  await converge();
  for (const round of [1, 2, 3]) {
    await server.kill();
    await until('both know', () =>
      [ada, bob].every(({ connection }) => connection.state !== 'connected'),
    );
    ada.add(`a${round}`);
    bob.add(`b${round}`);
    expected.push(`a${round}`, `b${round}`);
    await server.start();
    await converge();
    expect(server.open).toBe(2);
  }
  for (const { connection } of [ada, bob]) connection.close();
  await until('no connection', () => server.open === 0);
  expect([ada, bob].map(({ socket }) => socket.shouldReconnect)).toEqual([false, false]);
  await server.kill();
  await new Promise((resolve) => backend.close(resolve));
  await nothingLeft();
});

it('y-websocket with ReconnectingWebSocket: edits converge, and what it leaves is closed', async () => {
  const theirs = new Doc();
  const server = await killableServer(serveDoc(theirs));
  const made: ReconnectingWebSocket[] = [];
  class Polyfill extends ReconnectingWebSocket {
    constructor(url: string, protocols: string[]) {
      super(url, protocols, { WebSocket, ...delays });
      made.push(this);
    }
  }
  const ours = new Doc();
  const provider = new WebsocketProvider(server.url, 'room', ours, {
    WebSocketPolyfill: Polyfill as never,
    maxBackoffTime: 20,
    disableBc: true,
  });
  onTestFinished(() => provider.destroy());
  const textOf = (doc: Doc) => [...doc.getArray<string>('text')].toSorted().join(' ');
  const expected: string[] = [];
  for (const round of [1, 2, 3, 4]) {
    ours.getArray('text').push([`a${round}`]);
    theirs.getArray('text').push([`b${round}`]);
    expected.push(`a${round}`, `b${round}`);
    const text = expected.toSorted().join(' ');
    await until(text, () => textOf(ours) === text && textOf(theirs) === text);
    expect(server.open).toBe(1);
    expect(made.filter(({ shouldReconnect }) => shouldReconnect)).toHaveLength(1);
    await server.kill();
    await until('the loss', () => !provider.wsconnected);
    await server.start();
  }
  await until('the connection', () => provider.wsconnected);
  expect(made.length).toBeGreaterThan(4);
  provider.destroy();
  provider.awareness.destroy();
  await until('no connection', () => server.open === 0);
  await server.kill();
  await nothingLeft();
});
