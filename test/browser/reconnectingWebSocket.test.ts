import { createServer } from 'node:net';
import type { Page } from 'playwright-core';
import type * as Module from 'schmoozer/reconnecting-websocket';
import { describe, expect, it } from 'vitest';
import { pageWithPackage } from '../support/browserPage.js';
import { useChromium } from '../support/chromium.js';
import { listening } from '../support/loopback.js';
import { webSocketServer } from '../support/webSocketServer.js';

type Socket = Module.ReconnectingWebSocket;

// Functions that are given to `evaluate` run in the page, where these are global.
declare const kit: typeof Module;
declare const socket: Socket;
declare const told: unknown[];

const chromium = useChromium();

/** A page with a socket, and what that has told. */
async function pageWith(
  url: string,
  options: Module.ReconnectingWebSocketOptions = {},
): Promise<Page> {
  const page = await pageWithPackage(chromium());
  await page.evaluate(
    ([where, given]) => {
      const made = new kit.ReconnectingWebSocket(where, undefined, {
        minReconnectionDelay: 10,
        maxReconnectionDelay: 50,
        ...(JSON.parse(given) as object),
      });
      const seen: unknown[] = [];
      for (const type of ['open', 'message', 'error', 'close'] as const) {
        made.addEventListener(type, (event: Event) => {
          const facts: Record<string, unknown> = {};
          for (const name of ['data', 'code', 'reason', 'wasClean', 'message'] as const) {
            if (name in event) facts[name] = (event as unknown as typeof facts)[name];
          }
          seen.push([event.constructor.name, type, facts]);
        });
      }
      Object.assign(globalThis, { socket: made, told: seen });
    },
    [url, JSON.stringify(options)] as const,
  );
  return page;
}

const toldIn = (page: Page) => page.evaluate(() => told);

describe('ReconnectingWebSocket in Chromium, with its own WebSocket', () => {
  it('has real events, in order, and comes back after the server has closed', async () => {
    const received: string[] = [];
    const { url } = await webSocketServer((peer, count) => {
      peer.on('message', (data: Buffer) => void received.push(String(data)));
      peer.send(`hello ${count}`);
      if (count === 1) peer.close(4000, 'first');
    });
    const page = await pageWith(url);
    expect(await page.evaluate(() => socket.send('queued'))).toBe(false);
    await expect.poll(() => toldIn(page)).toHaveLength(5);
    expect(await toldIn(page)).toEqual([
      ['Event', 'open', {}],
      ['MessageEvent', 'message', { data: 'hello 1' }],
      ['CloseEvent', 'close', { code: 4000, reason: 'first', wasClean: true }],
      ['Event', 'open', {}],
      ['MessageEvent', 'message', { data: 'hello 2' }],
    ]);
    expect(received).toEqual(['queued']);
    expect(await page.evaluate(() => socket.send('now'))).toBe(true);
    await expect.poll(() => received).toEqual(['queued', 'now']);
  });

  it('knows url, protocol, extensions and states, and gives a Blob or an ArrayBuffer', async () => {
    const { url } = await webSocketServer((peer) => {
      peer.on('message', (data) => peer.send(data, { binary: true }));
    });
    const page = await pageWith(url);
    await page.waitForFunction(() => socket.readyState === kit.ReconnectingWebSocket.OPEN);
    const answers = await page.evaluate(async () => {
      const next = () =>
        new Promise<unknown>((resolve) => {
          socket.addEventListener('message', ({ data }) => resolve(data), { once: true });
        });
      const blob = next();
      socket.send(new Uint8Array([1, 2]));
      const first = (await blob) as Blob;
      socket.binaryType = 'arraybuffer';
      const buffer = next();
      socket.send(new Blob(['x']));
      const second = (await buffer) as ArrayBuffer;
      const { binaryType, protocol, extensions, bufferedAmount } = socket;
      const sizes = [
        first.constructor.name,
        first.size,
        second.constructor.name,
        second.byteLength,
      ];
      return { sizes, url: socket.url, binaryType, protocol, extensions, bufferedAmount };
    });
    expect(answers).toEqual({
      sizes: ['Blob', 2, 'ArrayBuffer', 1],
      url,
      binaryType: 'arraybuffer',
      protocol: '',
      extensions: '',
      bufferedAmount: 0,
    });
  });

  it.each(['graceful', 'immediate'] as const)('closes and reconnects (%s)', async (closeMode) => {
    const { url, closes, server } = await webSocketServer();
    const page = await pageWith(url, { closeMode });
    await page.waitForFunction(() => socket.readyState === 1);
    const state = await page.evaluate(() => {
      socket.close(3000, 'bye');
      return socket.readyState;
    });
    expect(state).toBe(closeMode === 'graceful' ? 2 : 3);
    const close = ['CloseEvent', 'close', { code: 3000, reason: 'bye', wasClean: true }];
    await expect.poll(() => toldIn(page)).toEqual([['Event', 'open', {}], close]);
    await page.evaluate(() => socket.reconnect());
    await page.waitForFunction(() => socket.readyState === 1);
    await page.evaluate(() => socket.reconnect(3001));
    await page.waitForFunction(() => socket.readyState === 1);
    await expect
      .poll(() => closes)
      .toEqual([
        [3000, 'bye'],
        [3001, ''],
      ]);
    expect(server.clients.size).toBe(1);
  });

  it('tells of attempts that fail or take too long, and leaves none behind', async () => {
    const silent = createServer();
    let open = 0;
    silent.on('connection', (tcp) => {
      open++;
      tcp.resume().on('close', () => open--);
    });
    const page = await pageWith(`ws://127.0.0.1:${await listening(silent)}`, {
      connectionTimeout: 100,
      maxRetries: 1,
    });
    const close = ['CloseEvent', 'close', { code: 1006, reason: '', wasClean: false }];
    const error = ['ErrorEvent', 'error', { message: 'TIMEOUT' }];
    await expect.poll(() => toldIn(page)).toEqual([error, close, error, close]);
    await expect.poll(() => open).toBe(0);
    expect(await page.evaluate(() => socket.shouldReconnect)).toBe(false);
  });

  it('has a heartbeat with a message, which the page asks for when it is visible again', async () => {
    const { url, accepted } = await webSocketServer((peer, count) => {
      if (count > 1) peer.on('message', (data: Buffer) => peer.send(String(data)));
    });
    const page = await pageWith(url, {
      heartbeat: { message: 'ping', intervalMs: 60_000, probeTimeoutMs: 100 },
    });
    await page.waitForFunction(() => socket.readyState === 1);
    await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
    await expect.poll(() => accepted.length, { timeout: 30_000 }).toBe(2);
    await page.waitForFunction(() => socket.readyState === 1);
  });
});
