import { setTimeout as sleep } from 'node:timers/promises';
import type { BrowserContext, Page } from 'playwright-core';
import type { ReconnectOnWakeOptions } from 'schmoozer/browser';
import type { HeartbeatOptions } from 'schmoozer/websocket';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type BuiltPage, buildPage } from '../support/builtPage.js';
import { useChromium } from '../support/chromium.js';
import { type Proxy, startProxy } from '../support/proxy.js';
import { RawTab } from '../support/rawTab.js';
import { RestartableServer } from '../support/restartableServer.js';
import type { WakeOnPage } from './pages/reconnectOnWake/main.js';

const DEADLINE_MS = 20_000;
const HOUR_MS = 3_600_000;

const browser = useChromium();
let built: BuiltPage;
let server: RestartableServer;
let context: BrowserContext;
let page: Page;

beforeAll(async () => {
  built = await buildPage('test/browser/pages/reconnectOnWake');
});
afterAll(() => built.close());

beforeEach(async () => {
  server = new RestartableServer((socket) => {
    socket.on('message', (data: Buffer) => data.toString() === 'ping' && socket.send('pong'));
  });
  await server.start();
  context = await browser().newContext();
  page = await context.newPage();
});

afterEach(async () => {
  await context.close();
  await server.kill();
});

interface PageOptions extends ReconnectOnWakeOptions {
  readonly server?: string;
  readonly heartbeat?: HeartbeatOptions;
}

const urlWith = (delayMs: number, options: PageOptions) =>
  `${built.url}#${encodeURIComponent(JSON.stringify({ server: server.url, delayMs, ...options }))}`;

/** The page with a link that is not started yet. */
async function load(delayMs: number, options: PageOptions = {}): Promise<void> {
  await page.goto(urlWith(delayMs, options));
  await page.waitForFunction(() => 'world' in globalThis);
}

// A global of the page, for what is evaluated there.
declare const world: WakeOnPage;
const start = () => page.evaluate(() => void world.link.start());
const stop = () => page.evaluate(() => world.link.send({ type: 'stop' }));
const state = () => page.evaluate(() => JSON.stringify(world.link.getSnapshot().value));
/** What has opened, closed and been put off. */
const emitted = () =>
  page.evaluate(() =>
    world.emitted
      .filter(({ type }) => /opened|closed|retry/.test(type))
      .map(({ type, ...event }) => ({
        type,
        ...event,
        error: (event as { error?: { code?: string } }).error?.code,
      })),
  );
const eventually = (look: () => void | Promise<void>) =>
  vi.waitFor(look, { timeout: DEADLINE_MS, interval: 10 });
const isAccepted = (count: number) => eventually(() => expect(server.accepted).toBe(count));
const isRunning = () => eventually(async () => expect(await state()).toContain('running'));
const isWaiting = () => eventually(async () => expect(await state()).toContain('waiting'));

/** How many listeners of ours the page has, as its debugger knows. */
async function listeners(): Promise<number> {
  const session = await context.newCDPSession(page);
  let count = 0;
  for (const expression of ['window', 'document']) {
    const { result } = await session.send('Runtime.evaluate', { expression });
    const { listeners: all } = await session.send('DOMDebugger.getEventListeners', {
      objectId: result.objectId as string,
    });
    count += all.filter(({ type }) =>
      ['online', 'offline', 'visibilitychange'].includes(type),
    ).length;
  }
  return count;
}

/** Stops the page's process for a while: its timers come late by the wall clock. */
async function freeze(ms: number): Promise<void> {
  const session = await browser().newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  const renderers = processInfo.filter(({ type }) => type === 'renderer').map(({ id }) => id);
  for (const id of renderers) process.kill(id, 'SIGSTOP');
  try {
    // The time that passes is the thing itself.
    await sleep(ms);
  } finally {
    for (const id of renderers) process.kill(id, 'SIGCONT');
  }
  await session.detach();
}

describe('a real browser that is offline', () => {
  it('makes no first try, and makes it when it is online', async () => {
    await load(10);
    await context.setOffline(true);
    await start();
    await isWaiting();
    expect(await emitted()).toEqual([
      {
        type: 'retry.scheduled',
        attempt: 0,
        delayMs: 60_000,
        error: 'ERR_OFFLINE',
        verdict: 'transient',
      },
    ]);
    expect(server.accepted).toBe(0);
    await context.setOffline(false);
    await isAccepted(1);
    await eventually(async () =>
      expect((await emitted()).at(-1)).toMatchObject({
        type: 'connection.opened',
        epoch: 1,
        attempt: 0,
      }),
    );
  });

  it('makes no try when a delay ends, burns no attempt, and is back once it is online', async () => {
    await load(10);
    await start();
    await isAccepted(1);
    // The server has accepted before the page knows: offline in between, the try would be called back.
    await isRunning();
    await context.setOffline(true);
    await server.kill();
    await server.start();
    await eventually(async () =>
      expect(await emitted()).toMatchObject([
        { type: 'connection.opened' },
        { type: 'connection.closed' },
        { type: 'retry.scheduled', attempt: 1, delayMs: 10 },
        {
          type: 'retry.scheduled',
          attempt: 1,
          delayMs: 60_000,
          error: 'ERR_OFFLINE',
          verdict: 'transient',
        },
      ]),
    );
    expect(server.accepted).toBe(1);
    await context.setOffline(false);
    await isAccepted(2);
    await eventually(async () =>
      expect((await emitted()).at(-1)).toMatchObject({
        type: 'connection.opened',
        epoch: 2,
        attempt: 1,
      }),
    );
  });

  it('fails a try that `reconnect` asks for, before it reaches the server and without counting it', async () => {
    await load(10);
    await context.setOffline(true);
    await start();
    await isWaiting();
    await page.evaluate(() => world.link.send({ type: 'reconnect' }));
    await eventually(async () => expect(await emitted()).toHaveLength(2));
    expect((await emitted())[1]).toEqual({
      type: 'retry.scheduled',
      attempt: 0,
      delayMs: 60_000,
      error: 'ERR_OFFLINE',
      verdict: 'transient',
    });
    expect(server.accepted).toBe(0);
  });

  it('stays stopped if it was stopped, without a listener left', async () => {
    await load(10, { debounceMs: 0, spreadMs: 0 });
    expect(await listeners()).toBe(2);
    await context.setOffline(true);
    await start();
    await isWaiting();
    await stop();
    expect(await state()).toBe('"stopped"');
    expect(await listeners()).toBe(0);
    const isOnline = page.evaluate(
      () => new Promise((resolve) => addEventListener('online', resolve, { once: true })),
    );
    await context.setOffline(false);
    await isOnline;
    await page.evaluate(() => fetch(location.href).then((response) => response.text()));
    expect(server.accepted).toBe(0);
  });

  it('keeps its listeners while it is connected, and lets go of them by a stop', async () => {
    await load(10);
    await start();
    await isAccepted(1);
    await isRunning();
    expect(await listeners()).toBe(2);
    await stop();
    await eventually(async () => expect(await state()).toBe('"stopped"'));
    expect(await listeners()).toBe(0);
    await eventually(() => expect(server.open).toBe(0));
  });
});

describe('a real tab', () => {
  it('that is shown again skips the wait', async () => {
    const tab = await RawTab.open(browser(), urlWith(HOUR_MS, {}));
    try {
      await eventually(async () => expect(await tab.evaluate('typeof world')).toBe('object'));
      await tab.evaluate('void world.link.start()');
      await isAccepted(1);
      await server.kill();
      await eventually(async () =>
        expect(await tab.evaluate('world.link.getSnapshot().hasTag("waiting")')).toBe(true),
      );
      await server.start();
      await tab.hide();
      await eventually(async () =>
        expect(await tab.evaluate('document.visibilityState')).toBe('hidden'),
      );
      expect(server.accepted).toBe(1);
      await tab.show();
      await isAccepted(2);
    } finally {
      await tab.close();
    }
  });
});

describe('a real renderer that was frozen, as by a sleep of the computer', () => {
  it('skips the wait', async () => {
    await load(HOUR_MS, { jumpMs: 1000 });
    await start();
    await isAccepted(1);
    await server.kill();
    await isWaiting();
    await server.start();
    await freeze(3000);
    await isAccepted(2);
  });

  it('drops a running session only from dropAfterMs on', async () => {
    await load(HOUR_MS, { jumpMs: 1000, dropAfterMs: 1500 });
    await start();
    await isAccepted(1);
    await isRunning();
    await freeze(4000);
    await isAccepted(2);
    await eventually(async () =>
      expect(await emitted()).toMatchObject([
        { type: 'connection.opened', epoch: 1 },
        { type: 'connection.closed', epoch: 1, cause: 'reconnect' },
        { type: 'connection.opened', epoch: 2, attempt: 0 },
      ]),
    );
  });

  it('keeps its session by default', async () => {
    await load(HOUR_MS, { jumpMs: 1000 });
    await start();
    await isAccepted(1);
    await isRunning();
    await freeze(3000);
    await page.evaluate(() => fetch(location.href).then((response) => response.text()));
    expect(await state()).toContain('running');
    expect([server.accepted, server.open]).toEqual([1, 1]);
  });
});

/** Beats only when it is asked to. */
const onlyProbed = { heartbeat: { intervalMs: HOUR_MS, timeoutMs: HOUR_MS } };

describe('a running session, after news', () => {
  let proxy: Proxy & AsyncDisposable;

  beforeEach(async () => {
    proxy = await startProxy('127.0.0.1', Number(new URL(server.url).port));
  });
  afterEach(() => proxy[Symbol.asyncDispose]());

  const news: [string, () => Promise<void>][] = [
    ['a sleep', () => freeze(3000)],
    [
      'the network is back',
      async () => {
        await context.setOffline(true);
        await context.setOffline(false);
      },
    ],
    [
      'the page is visible again',
      () => page.evaluate(() => void document.dispatchEvent(new Event('visibilitychange'))),
    ],
  ];
  const begin = async () => {
    await load(HOUR_MS, {
      ...onlyProbed,
      server: `ws://127.0.0.1:${proxy.port}`,
      jumpMs: 1000,
    });
    await start();
    await isAccepted(1);
    await isRunning();
  };

  it.each(news)('that died without a word is found: %s', async (_what, act) => {
    await begin();
    proxy.silence();
    await act();
    await eventually(async () =>
      expect(await emitted()).toMatchObject([
        { type: 'connection.opened', epoch: 1 },
        { type: 'connection.closed', cause: 'lost', error: 'ERR_HEARTBEAT_TIMEOUT' },
        { type: 'retry.scheduled' },
      ]),
    );
  });

  it.each(news)('that is well goes on: %s', async (_what, act) => {
    await begin();
    const asked = new Promise((resolve) => server.sockets[0]?.once('message', resolve));
    await act();
    expect(String(await asked)).toBe('ping');
    // What was sent after the pong has come in after it.
    server.broadcast('news');
    await page.evaluate(() => world.session?.send('ping'));
    expect(await state()).toContain('running');
    expect([server.accepted, server.open]).toEqual([1, 1]);
  });

  it('is not judged by a heartbeat whose timer came late: the answer has arrived', async () => {
    let pings = 0;
    await load(HOUR_MS, { heartbeat: { intervalMs: 100, timeoutMs: 500 }, clockJump: false });
    await start();
    await isAccepted(1);
    server.sockets[0]?.on('message', () => (pings += 1));
    for (let round = 0; round < 4; round++) {
      const before = pings;
      await eventually(() => expect(pings).toBeGreaterThan(before));
      await freeze(1000);
    }
    const before = pings;
    await eventually(() => expect(pings).toBeGreaterThan(before + 1));
    expect([server.accepted, server.open]).toEqual([1, 1]);
  });
});

describe('a page that comes back', () => {
  it('from the back/forward cache connects again at once', async () => {
    await load(HOUR_MS);
    await start();
    await isAccepted(1);
    await isRunning();
    await page.evaluate(() => void Object.assign(globalThis, { isTheSame: true }));
    // The same page without its options: nothing is connected there.
    await page.goto(`${built.url}?elsewhere`);
    await page.goBack({ waitUntil: 'commit' });
    expect(await page.evaluate(() => 'isTheSame' in globalThis)).toBe(true);
    await isAccepted(2);
    await isRunning();
  });
});

describe('a tab that is hidden', () => {
  it('sends as fast as one that is not: what is awaited is not held up by slow timers', async () => {
    let received = 0;
    await server.kill();
    server = new RestartableServer((socket) => {
      socket.on('message', (data: Buffer) => (received += data.length));
    });
    await server.start();
    const tab = await RawTab.open(browser(), urlWith(HOUR_MS, {}));
    try {
      await eventually(async () => expect(await tab.evaluate('typeof world')).toBe('object'));
      await tab.evaluate('void world.link.start()');
      await isAccepted(1);
      await eventually(async () =>
        expect(await tab.evaluate('typeof world.session')).toBe('object'),
      );
      await tab.hide();
      await eventually(async () =>
        expect(await tab.evaluate('document.visibilityState')).toBe('hidden'),
      );
      // One MB in each second would take five minutes.
      await tab.evaluate(`void (async () => {
        const chunk = new Uint8Array(1_000_000);
        for (let i = 0; i < 300; i++) await world.session.send(chunk);
      })()`);
      await eventually(() => expect(received).toBe(300_000_000));
    } finally {
      await tab.close();
    }
  });
});
