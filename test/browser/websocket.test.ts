import { once } from 'node:events';
import { createServer as createTcpServer, type AddressInfo, type Socket } from 'node:net';
import type { WebSocketClosedError, WebSocketSession } from 'schmoozer/websocket';
import { describe, expect, it } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import { pageWithPackage } from '../support/browserPage.js';
import { useChromium } from '../support/chromium.js';
import { closedPort, listening, reset } from '../support/loopback.js';
import { refusing, tcpOf, webSocketServer } from '../support/webSocketServer.js';

// Functions that are given to `evaluate` run in the page, where this is global.
declare const kit: typeof import('schmoozer') & typeof import('schmoozer/websocket');

const chromium = useChromium();

/** Resolves when all WebSockets of the server are closed and gone. */
async function empty(clients: { readonly size: number }): Promise<void> {
  await expect.poll(() => clients.size, { timeout: 30_000 }).toBe(0);
}

describe('webSocketConnector in Chromium, with its own WebSocket', () => {
  it('sends and reads text and bytes; no message is lost between open, handshake and run', async () => {
    const received: unknown[] = [];
    const { url, closes, server } = await webSocketServer(
      (socket) => {
        for (let i = 0; i < 1000; i++) socket.send(String(i));
        socket.send(Buffer.from([1, 2, 3]));
        socket.on('message', (data: Buffer, isBinary) => {
          received.push(isBinary ? [...data] : String(data));
          if (received.length === 3) socket.close(1000);
        });
      },
      { handleProtocols: () => 'chat' },
    );
    const page = await pageWithPackage(chromium());
    const result = await page.evaluate(async (where) => {
      const read: unknown[] = [];
      const connector = kit.webSocketConnector<unknown>({
        url: async () => where,
        protocols: ['chat'],
        async handshake(session) {
          for await (const message of session) {
            read.push(message);
            if (message === '2') return;
          }
        },
        async run(session) {
          await session.send('text');
          await session.send(new Uint8Array([4, 5]));
          await session.send(new Uint8Array([6]).buffer);
          for await (const message of session) {
            read.push(message instanceof Uint8Array ? [...message] : message);
          }
          return kit.Break({ read, protocol: session.protocol, close: await session.closed });
        },
      });
      return kit.run(connector);
    }, url);
    expect(result).toMatchObject({
      status: 'completed',
      value: {
        read: [...Array.from({ length: 1000 }, (_, i) => String(i)), [1, 2, 3]],
        protocol: 'chat',
        close: { code: 1000, reason: '', wasClean: true },
      },
    });
    expect(received).toEqual(['text', [4, 5], [6]]);
    await empty(server.clients);
    expect(closes).toEqual([[1000, '']]);
  });

  it('goes on after the server was killed and came back on the same port', async () => {
    const host = '127.0.0.1';
    const first = new WebSocketServer({ host, port: 0 });
    await once(first, 'listening');
    const { port } = first.address() as AddressInfo;
    first.on('connection', (socket) => socket.send('first'));
    const page = await pageWithPackage(chromium());
    await page.evaluate((where) => {
      const seen: unknown[] = [];
      const connector = kit.webSocketConnector({
        url: where,
        async run(session, { epoch }) {
          for await (const message of session) {
            seen.push([epoch, message]);
            if (message === 'second') return kit.Break();
          }
          return kit.Continue();
        },
      });
      const actor = kit.createReconnectActor(connector, { backoff: kit.constantBackoff(100) });
      actor.on('retry.scheduled', ({ error }) => void seen.push((error as Error).name));
      actor.start();
      Object.assign(globalThis, { seen, actor });
    }, `ws://${host}:${port}`);
    const seen = () => page.evaluate(() => (globalThis as unknown as { seen: unknown[] }).seen);
    await expect.poll(seen, { timeout: 30_000 }).toContainEqual([1, 'first']);
    first.close();
    for (const socket of first.clients) socket.terminate();
    await expect.poll(seen, { timeout: 30_000 }).toContain('WebSocketOpenError');
    const second = new WebSocketServer({ host, port });
    second.on('connection', (socket) => socket.send('second'));
    await expect.poll(seen, { timeout: 30_000 }).toContainEqual([2, 'second']);
    await empty(second.clients);
    second.close();
    expect((await seen()).slice(0, 3)).toEqual([
      [1, 'first'],
      'WebSocketClosedError',
      'WebSocketOpenError',
    ]);
  });

  it.each([
    [1000, 'ends'],
    [1001, 'ends'],
    [undefined, 'ends'],
    [1008, 'fatal'],
    [4401, 'fatal'],
    [1009, 'fatal'],
    [1011, 'retryable'],
    [1012, 'retryable'],
    [4999, 'retryable'],
  ])('sorts the close code %s as on Node: %s', async (code, verdict) => {
    const { url } = await webSocketServer((socket) =>
      socket.close(code, code === undefined ? undefined : 'because'),
    );
    const page = await pageWithPackage(chromium());
    const seen = await page.evaluate(async (where) => {
      const connector = kit.webSocketConnector({ url: where, run: async () => kit.Break() });
      const { signal } = new AbortController();
      const session = await connector.connect({
        signal,
        attempt: 0,
        epoch: 1,
        lastError: undefined,
      });
      try {
        for await (const message of session) return { verdict: `message ${String(message)}` };
        return { verdict: 'ends', code: (await session.closed).code };
      } catch (error) {
        const { closeCode, reason } = error as WebSocketClosedError;
        const isRetryable = kit.isRetryableWebSocketError(error);
        return { verdict: isRetryable ? 'retryable' : 'fatal', code: closeCode, reason };
      }
    }, url);
    const reason = verdict === 'ends' ? {} : { reason: 'because' };
    expect(seen).toEqual({ verdict, code: code ?? 1005, ...reason });
  });

  it('ends a session whose server does not answer the heartbeat, and not one whose server does', async () => {
    const { url, closes } = await webSocketServer((socket, count) =>
      socket.on('message', () => count === 2 && socket.send('pong')),
    );
    const page = await pageWithPackage(chromium());
    const seen = await page.evaluate(async (where) => {
      const errors: unknown[] = [];
      let pongs = 0;
      let ponged = () => {};
      const thrice = new Promise<void>((resolve) => {
        ponged = resolve;
      });
      const connector = kit.webSocketConnector({
        url: where,
        heartbeat: {
          intervalMs: 50,
          timeoutMs: 1000,
          message: 'ping',
          isPong(message) {
            if (message !== 'pong') return false;
            pongs++;
            if (pongs === 3) ponged();
            return true;
          },
        },
        async run(session, { epoch }) {
          if (epoch === 1) {
            for await (const message of session) errors.push(message);
            return kit.Continue();
          }
          await thrice;
          return kit.Break();
        },
      });
      const actor = kit.createReconnectActor(connector, { backoff: kit.constantBackoff(0) });
      actor.on('retry.scheduled', ({ error }) => void errors.push((error as Error).name));
      await new Promise<void>((complete) => {
        actor.subscribe({ complete });
        actor.start();
      });
      return { errors, pongs };
    }, url);
    expect(seen).toEqual({ errors: ['HeartbeatTimeoutError'], pongs: 3 });
    await expect
      .poll(() => closes, { timeout: 30_000 })
      .toEqual([
        [3008, ''],
        [1000, ''],
      ]);
  });

  it('stops: the server sees 1000, and a peer that does not agree is not waited for', async () => {
    const { url, closes, next, gone } = await webSocketServer();
    const page = await pageWithPackage(chromium());
    const start = () =>
      page.evaluate((where) => {
        const stop = new AbortController();
        let opened!: () => void;
        const isOpen = new Promise<void>((resolve) => (opened = resolve));
        const running = kit.run(
          kit.webSocketConnector({
            url: where,
            closeTimeoutMs: 200,
            async run(session) {
              opened();
              for await (const message of session) void message;
              return kit.Continue();
            },
          }),
          { signal: stop.signal, gracePeriodMs: Infinity },
        );
        Object.assign(globalThis, { stop, running });
        // The server has a connection before the page does: a stop in between is another story.
        return isOpen;
      }, url);
    const stop = () =>
      page.evaluate(() => {
        const { stop: controller, running } = globalThis as unknown as {
          stop: AbortController;
          running: Promise<unknown>;
        };
        controller.abort('enough');
        return running;
      });
    const agreeing = next();
    await start();
    await agreeing;
    expect(await stop()).toEqual({ status: 'stopped', reason: 'enough' });
    await gone();
    expect(closes).toEqual([[1000, '']]);
    const deaf = next();
    await start();
    tcpOf(await deaf).pause();
    expect(await stop()).toEqual({ status: 'stopped', reason: 'enough' });
    tcpOf(await deaf).resume();
    await gone();
  });

  it('is closed at once by a stop while the server keeps silent', async () => {
    const server = createTcpServer();
    const accepted = once(server, 'connection') as Promise<[Socket]>;
    const url = `ws://127.0.0.1:${await listening(server)}`;
    const page = await pageWithPackage(chromium());
    await page.evaluate((where) => {
      const stop = new AbortController();
      const connector = kit.webSocketConnector({ url: where, run: async () => kit.Break() });
      Object.assign(globalThis, { stop, running: kit.run(connector, { signal: stop.signal }) });
    }, url);
    const [socket] = await accepted;
    socket.resume();
    const closed = once(socket, 'close');
    const result = await page.evaluate(() => {
      const { stop, running } = globalThis as unknown as {
        stop: AbortController;
        running: Promise<unknown>;
      };
      stop.abort('enough');
      return running;
    });
    expect(result).toEqual({ status: 'stopped', reason: 'enough' });
    await closed;
  });

  it('ends with MessageOverflowError when run reads too slowly', async () => {
    const { url, server } = await webSocketServer((socket) => {
      for (let i = 0; i < 100; i++) socket.send('x'.repeat(1000));
    });
    const page = await pageWithPackage(chromium());
    const name = await page.evaluate(async (where) => {
      const run = async (session: WebSocketSession) =>
        kit.Break((await session.closed).error?.name);
      const result = await kit.run(
        kit.webSocketConnector<unknown>({ url: where, readAheadBytes: 50_000, run }),
      );
      return result.status === 'completed' && result.value;
    }, url);
    expect(name).toBe('MessageOverflowError');
    await empty(server.clients);
  });

  it('holds a send back while more than highWaterMark bytes wait to go out', async () => {
    const { url, next } = await webSocketServer();
    const page = await pageWithPackage(chromium());
    const accepted = next();
    await page.evaluate(async (where) => {
      const connector = kit.webSocketConnector({ url: where, run: async () => kit.Break() });
      const { signal } = new AbortController();
      const session = await connector.connect({
        signal,
        attempt: 0,
        epoch: 1,
        lastError: undefined,
      });
      Object.assign(globalThis, { session, isSent: false });
    }, url);
    const tcp = tcpOf(await accepted);
    tcp.pause();
    const buffered = await page.evaluate(() => {
      const scope = globalThis as unknown as { session: WebSocketSession; isSent: boolean };
      void scope.session.send(new Uint8Array(30_000_000)).then(() => {
        scope.isSent = true;
      });
      return scope.session.bufferedAmount;
    });
    expect(buffered).toBeGreaterThan(1_048_576);
    const isSent = () =>
      page.evaluate(() => {
        const { session, isSent: hasResolved } = globalThis as unknown as {
          session: WebSocketSession;
          isSent: boolean;
        };
        return { isSent: hasResolved, isOver: session.bufferedAmount > 1_048_576 };
      });
    expect(await isSent()).toEqual({ isSent: false, isOver: true });
    tcp.resume();
    await expect.poll(isSent, { timeout: 30_000 }).toEqual({ isSent: true, isOver: false });
  });

  it.each([
    ['nobody listens', async () => `ws://127.0.0.1:${await closedPort()}`],
    [
      'the server does not speak WebSocket',
      async () =>
        `ws://127.0.0.1:${await listening(createTcpServer((socket) => socket.end('220 hi\r\n')))}`,
    ],
  ])('rejects with WebSocketOpenError when %s: retryable', async (_what, make) => {
    const page = await pageWithPackage(chromium());
    const seen = await page.evaluate(
      async (url) => {
        const connector = kit.webSocketConnector({ url, run: async () => kit.Break() });
        const { signal } = new AbortController();
        const attempt = { signal, attempt: 0, epoch: 1, lastError: undefined };
        return connector.connect(attempt).then(
          () => 'open',
          (error: Error) => [error.name, kit.isRetryableWebSocketError(error)],
        );
      },
      await make(),
    );
    expect(seen).toEqual(['WebSocketOpenError', true]);
  });

  it.each(['404 Not Found', '403 Forbidden', '302 Found', '200 OK'])(
    'tries again after %s, before a good session and after it: it is not told the status',
    async (status) => {
      const url = await refusing(status, undefined, status);
      const page = await pageWithPackage(chromium());
      const seen = await page.evaluate(async (where) => {
        const sessions: WebSocketSession[] = [];
        const connector = kit.webSocketConnector({
          url: where,
          async run(session) {
            if (sessions.push(session) === 2) return kit.Break();
            for await (const message of session) throw new Error(String(message));
            return kit.Continue();
          },
        });
        const options = { backoff: kit.constantBackoff(0), stableAfterMs: 1 };
        const actor = kit.createReconnectActor(connector, options);
        const retries: unknown[] = [];
        actor.on('retry.scheduled', ({ error, verdict }) => {
          if (error !== undefined) retries.push((error as Error).name, verdict);
        });
        actor.subscribe(({ context }) => {
          // A good session.
          if (context.downSinceMs === undefined) void sessions[0]?.send('good');
        });
        await new Promise<void>((complete) => {
          actor.subscribe({ complete });
          actor.start();
        });
        return [...retries, actor.getSnapshot().output?.status];
      }, url);
      const retried = ['WebSocketOpenError', 'transient'];
      expect(seen).toEqual([...retried, ...retried, 'completed']);
    },
  );

  it.each([
    ['a close frame', (peer: WebSocket) => peer.close(1012, 'soon'), 1012, 'soon', true],
    ['a FIN', (peer: WebSocket) => tcpOf(peer).end(), 1006, '', false],
    ['an RST', (peer: WebSocket) => reset(tcpOf(peer)), 1006, '', false],
  ])(
    'closed settles after %s, whatever run does, and drained when all has been read',
    async (_what, act, code, reason, wasClean) => {
      const { url, next } = await webSocketServer((socket) => socket.send('waits'));
      const page = await pageWithPackage(chromium());
      const accepted = next();
      await page.evaluate(async (where) => {
        const connector = kit.webSocketConnector({
          url: where,
          random: () => 0,
          handshake: async (its) => void (await its.messages().next()),
          run: () => new Promise<never>(() => {}),
        });
        const { signal } = new AbortController();
        const attempt = { signal, attempt: 0, epoch: 1, lastError: undefined };
        const session = await connector.connect(attempt);
        void connector.run(session, { signal, epoch: 1 });
        const ended = connector.closed?.(session);
        Object.assign(globalThis, { session, ended });
      }, url);
      const peer = await accepted;
      // Its answer tells that the message before it has come in.
      peer.send('unread');
      peer.ping();
      await once(peer, 'pong');
      act(peer);
      const seen = await page.evaluate(async () => {
        const { session, ended } = globalThis as unknown as {
          session: WebSocketSession;
          ended: Promise<{ error: Error; detail: unknown; drained?: Promise<unknown> }>;
        };
        const { error, detail, drained } = await ended;
        const messages = session.messages();
        const { value } = await messages.next();
        await messages.next().catch(() => {});
        await drained;
        return { name: error.name, detail, hasDrained: drained !== undefined, value };
      });
      expect(seen).toEqual({
        name: code === 1012 ? 'RetryableError' : 'WebSocketClosedError',
        detail: { code, reason, wasClean },
        hasDrained: true,
        value: 'unread',
      });
    },
  );
});
