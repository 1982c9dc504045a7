import {
  ConnectTimeoutError,
  constantBackoff,
  Continue,
  createReconnectActor,
  run,
} from 'schmoozer';
import { webSocketConnector, type WebSocketConnectorOptions } from 'schmoozer/websocket';
import { describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { attempts, firstAttempt } from '../../../support/attempt.js';
import { listenersOn, openSockets, rejection } from '../../../support/loopback.js';
import { PlainWebSocket } from '../../../support/plainWebSocket.js';
import { webSocketServer } from '../../../support/webSocketServer.js';

// Real sockets on a machine that may be busy.
vi.setConfig({ testTimeout: 30_000 });

const make = (options: Partial<WebSocketConnectorOptions<string>>) =>
  webSocketConnector<string>({
    url: 'ws://127.0.0.1:1',
    WebSocket,
    run: async () => Continue(),
    ...options,
  });

describe.each([
  ['ws', WebSocket],
  ['a WebSocket as browsers have it', PlainWebSocket],
])('handshake with %s', (_name, Class) => {
  it('reads the first of 2000 messages, and run the rest: none is lost, none comes twice', async () => {
    const { url } = await webSocketServer((socket) => {
      for (let i = 0; i < 2000; i++) socket.send(String(i));
      socket.close(1000);
    });
    const read: [string, string][] = [];
    const connector = make({
      url,
      WebSocket: Class,
      async handshake(session) {
        for await (const message of session) {
          read.push(['handshake', String(message)]);
          if (message === '2') return;
        }
      },
      async run(session) {
        for await (const message of session) read.push(['run', String(message)]);
        return { type: 'Break', value: 'done' };
      },
    });
    expect(await run(connector)).toEqual({ status: 'completed', value: 'done' });
    expect(read.map(([, message]) => message)).toEqual(
      Array.from({ length: 2000 }, (_, i) => String(i)),
    );
    expect(read.filter(([who]) => who === 'handshake')).toHaveLength(3);
  });

  it('is given the attempt, and can send', async () => {
    const { url } = await webSocketServer((socket) =>
      socket.on('message', (data: Buffer) => socket.send(`welcome ${String(data)}`)),
    );
    const answers: unknown[] = [];
    const connector = make({
      url,
      WebSocket: Class,
      async handshake(session, { attempt, epoch, signal }) {
        await session.send(`${attempt} ${epoch}`);
        answers.push((await session.messages({ signal }).next()).value);
      },
    });
    const { attempt } = firstAttempt();
    const session = await connector.connect(attempt);
    expect(answers).toEqual(['welcome 0 1']);
    expect(listenersOn(attempt.signal)).toBe(0);
    await connector.disconnect?.(session);
  });

  it('closes the WebSocket when it throws, and rejects with what it threw', async () => {
    const { url, gone, closes } = await webSocketServer();
    const before = openSockets();
    const own = new Error('unknown version');
    const handshake = () => {
      throw own;
    };
    const connector = make({ url, WebSocket: Class, handshake, closeCode: 4000 });
    expect(await rejection(connector.connect(firstAttempt().attempt))).toBe(own);
    await gone();
    expect(closes).toEqual([[4000, '']]);
    expect(openSockets()).toBe(before);
  });

  it.each(attempts)(
    'closes the WebSocket on abort, even if it never ends by itself, for $whose',
    async ({ makeAttempt }) => {
      const { url, next, gone } = await webSocketServer();
      const { attempt, abort, listeners } = makeAttempt();
      const handshake = () => new Promise<void>(() => {});
      const accepted = next();
      const error = rejection(make({ url, WebSocket: Class, handshake }).connect(attempt));
      await accepted;
      abort('stop');
      expect(await error).toBe('stop');
      await gone();
      expect(listeners()).toBe(0);
    },
  );

  it('rejects with the close, when the server closes while it reads', async () => {
    const { url } = await webSocketServer((socket) => socket.close(4401, 'old token'));
    const connector = make({
      url,
      WebSocket: Class,
      async handshake(session) {
        for await (const message of session) expect.unreachable(String(message));
      },
    });
    const error = await rejection(connector.connect(firstAttempt().attempt));
    expect(error).toMatchObject({ closeCode: 4401, reason: 'old token' });
  });

  it('rejects with the close, also one in order, when the server has closed before it is done', async () => {
    const { url } = await webSocketServer((socket) => socket.close(1000, 'not today'));
    const connector = make({
      url,
      WebSocket: Class,
      handshake: async (session) => void (await session.closed),
    });
    const error = await rejection(connector.connect(firstAttempt().attempt));
    expect(error).toMatchObject({ code: 'ERR_WEBSOCKET_CLOSED', closeCode: 1000 });
  });

  it('is under connectTimeoutMs: a server that upgrades and keeps silent is left', async () => {
    const { url, gone, accepted } = await webSocketServer();
    const connector = make({
      url,
      WebSocket: Class,
      async handshake(session) {
        for await (const message of session) expect.unreachable(String(message));
      },
    });
    const actor = createReconnectActor(connector, {
      connectTimeoutMs: 200,
      backoff: constantBackoff(Infinity),
    });
    const failure = new Promise((resolve) => actor.on('retry.scheduled', resolve));
    actor.start();
    expect(await failure).toMatchObject({ error: expect.any(ConnectTimeoutError) });
    expect(accepted).toHaveLength(1);
    await gone();
    actor.send({ type: 'stop' });
    expect(actor.getSnapshot().value).toBe('stopped');
  });
});
