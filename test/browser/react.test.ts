import { once } from 'node:events';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type BuiltPage, buildPage } from '../support/builtPage.js';
import { useChromium } from '../support/chromium.js';
import { RestartableServer } from '../support/restartableServer.js';

const DEADLINE_MS = 20_000;

const browser = useChromium();
let built: BuiltPage;
let server: RestartableServer;
let page: Page;
let problems: string[];
let asked: string[];

beforeAll(async () => {
  built = await buildPage('examples/react');
});
afterAll(() => built.close());

beforeEach(async () => {
  let tick = 0;
  asked = [];
  server = new RestartableServer((socket) => {
    socket.on('message', (message) => {
      asked.push(String(message as Buffer));
      socket.send('pong');
    });
    socket.send(`tick ${++tick}`);
  });
  await server.start();
  page = await browser().newPage();
  page.setDefaultTimeout(DEADLINE_MS);
  problems = [];
  page.on('pageerror', (error) => problems.push(error.message));
  // A refused connection is in the console as an error: the browser's own words, and expected here.
  page.on('console', (message) => {
    if (message.type() === 'error' && !message.text().includes('WebSocket connection to')) {
      problems.push(message.text());
    }
  });
});

afterEach(async () => {
  await page.close();
  await server.kill();
  if (problems.length > 0) throw new Error(problems.join('\n'));
});

const open = () => page.goto(`${built.url}?server=${server.url}`);
const pill = (word: string) => page.getByRole('status').getByText(word, { exact: true }).waitFor();
const press = (name: string) => page.getByRole('button', { name }).click();
const eventually = (look: () => void) => vi.waitFor(look, { timeout: DEADLINE_MS, interval: 10 });

describe('the React page', () => {
  it('makes exactly one connection in strict mode', async () => {
    await open();
    await pill('Online');
    await page.getByText('tick 1').waitFor();
    expect([server.accepted, server.open]).toEqual([1, 1]);
    // A second one would have been asked for before the first was answered.
    await page.evaluate(() => fetch(location.href).then((response) => response.text()));
    expect([server.accepted, server.open]).toEqual([1, 1]);
  });

  it('is online again by itself when a killed server is back', async () => {
    await open();
    await pill('Online');
    await server.kill();
    await pill('Waiting');
    await server.start();
    await page.getByText('Connected again, session 2.').waitFor();
    await pill('Online');
    await page.getByText('tick 2').waitFor();
    expect([server.accepted, server.open]).toEqual([2, 1]);
  });

  it('counts down to the next attempt, and "Retry now" skips the wait', async () => {
    // Chance and time stand still: what happens then, happens because of the button.
    await page.addInitScript(() => (Math.random = () => 0.999));
    await page.clock.install();
    await open();
    await pill('Online');
    await page.clock.pauseAt(Date.now() + 60_000);
    expect(await page.getByRole('button', { name: 'Retry now' }).isDisabled()).toBe(true);
    await server.kill();
    await pill('Waiting');
    for (const [attempt, seconds] of [
      [1, 2],
      [2, 4],
      [3, 8],
    ] as const) {
      await page.getByText(`Next try in ${seconds} s, ${attempt} failed so far.`).waitFor();
      if (attempt < 3) await page.clock.runFor(1000 * seconds);
    }
    await page.clock.runFor(1000);
    await page.getByText('Next try in 7 s, 3 failed so far.').waitFor();
    await server.start();
    await press('Retry now');
    await pill('Online');
    expect([server.accepted, server.open]).toEqual([2, 1]);
  });

  it('closes the connection on "Disconnect", and makes a new one on "Connect" alone', async () => {
    await open();
    await pill('Online');
    const [socket] = server.sockets;
    const closed = once(socket as NonNullable<typeof socket>, 'close');
    await press('Disconnect');
    expect((await closed)[0]).toBe(1000);
    await pill('Disconnected');
    expect(server.open).toBe(0);
    await press('Connect');
    await pill('Online');
    await page.getByText('Connected.').waitFor();
    expect([server.accepted, server.open]).toEqual([2, 1]);
  });

  it('stops a wait on "Disconnect": a server that comes back is left alone', async () => {
    await page.clock.install();
    await open();
    await pill('Online');
    await page.clock.pauseAt(Date.now() + 60_000);
    await server.kill();
    await pill('Waiting');
    await press('Disconnect');
    await pill('Disconnected');
    await server.start();
    await page.clock.runFor(600_000);
    expect(await page.getByRole('timer').count()).toBe(0);
    expect(server.accepted).toBe(1);
  });

  it('says that the browser is offline, and is online with it', async () => {
    await open();
    await pill('Online');
    await page.context().setOffline(true);
    await server.kill();
    await page.getByText('You are offline: it goes on when the network is back.').waitFor();
    await server.start();
    await page.context().setOffline(false);
    await pill('Online');
    expect([server.accepted, server.open]).toEqual([2, 1]);
  });

  it('says so at once when a session is lost with the network', async () => {
    // Time stands still: there is no attempt that could end with an OfflineError.
    await page.clock.install();
    await open();
    await pill('Online');
    await page.clock.pauseAt(Date.now() + 20_000);
    await page.context().setOffline(true);
    await server.kill();
    await pill('Waiting');
    await page.getByText('You are offline: it goes on when the network is back.').waitFor();
  });

  it('asks the server for a sign of life when it becomes visible again, and shows no answer', async () => {
    await open();
    await pill('Online');
    await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
    await eventually(() => expect(asked).toEqual(['ping']));
    await page.getByText('tick 1').waitFor();
    expect(await page.getByText('pong').count()).toBe(0);
    expect(server.accepted).toBe(1);
  });

  it('leaves nothing when it is closed', async () => {
    await open();
    await pill('Online');
    await page.close();
    await eventually(() => expect(server.open).toBe(0));
  });
});
