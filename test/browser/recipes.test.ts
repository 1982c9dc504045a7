import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { type BuiltPage, buildPage } from '../support/builtPage.js';
import { useChromium } from '../support/chromium.js';
import { RawTab } from '../support/rawTab.js';
import { RestartableServer } from '../support/restartableServer.js';
import { until } from '../support/until.js';

declare const page: { unmount(): void; readonly link: { readonly connection: unknown } };
declare const messages: unknown[];

const browser = useChromium();
let built: BuiltPage;
let server: RestartableServer;
let context: BrowserContext;

beforeAll(async () => {
  built = await buildPage('test/browser/pages/recipes');
});
afterAll(() => built.close());

beforeEach(async () => {
  server = new RestartableServer();
  await server.start();
  context = await browser().newContext();
});
afterEach(async () => {
  await context.close();
  await server.kill();
});

const urlOf = (name: string) => `${built.url}?page=${name}&server=${server.url}`;

async function open(name: string): Promise<Page> {
  const tab = await context.newPage();
  await tab.goto(urlOf(name));
  return tab;
}

it('React: the connection comes, goes and comes back, once in strict mode, and ends with the component', async () => {
  const tab = await open('react');
  const status = (text: string) => tab.getByRole('status').getByText(text).waitFor();
  await status(`online at ${server.url}`);
  await server.kill();
  await status('offline');
  await server.start();
  await status(`online at ${server.url}`);
  expect([server.accepted, server.open]).toEqual([2, 1]);
  await tab.evaluate(() => page.unmount());
  await until('no connection', () => server.open === 0);
  expect(server.accepted).toBe(2);
});

it('a hidden tab is suspended, and resumed when it is shown', async () => {
  const tab = await RawTab.open(browser(), urlOf('hidden'));
  const has = async (tag: string) =>
    tab.evaluate(`globalThis.page?.link.getSnapshot().hasTag(${JSON.stringify(tag)})`);
  try {
    await until('online', () => has('online'));
    await tab.hide();
    await until('suspended', () => has('suspended'));
    await until('no connection', () => server.open === 0);
    await server.kill();
    await server.start();
    expect(await has('suspended')).toBe(true);
    await tab.show();
    await until('online again', () => has('online'));
    expect([server.accepted, server.open]).toEqual([2, 1]);

    await tab.evaluate('page.end()');
    await tab.hide();
    await until('hidden', () => tab.evaluate('document.hidden'));
    await tab.show();
    expect(await has('online')).toBe(true);
    expect(server.accepted).toBe(2);
  } finally {
    await tab.close();
  }
});

it('two tabs share one connection, and the other takes over when the one with it is closed', async () => {
  const first = await open('shared');
  await until('the connection of the first', () => server.open === 1);
  const second = await open('shared');
  await second.waitForFunction(() =>
    navigator.locks.query().then(({ pending }) => pending?.length),
  );
  const bothHear = async (...expected: string[]) => {
    for (const tab of [first, second].filter((each) => !each.isClosed())) {
      await expect.poll(() => tab.evaluate(() => messages)).toEqual(expected);
    }
  };
  server.broadcast('one');
  await bothHear('one');
  await server.kill();
  await server.start();
  await until('a connection again', () => server.open === 1);
  server.broadcast('two');
  await bothHear('one', 'two');
  expect([server.accepted, server.open]).toEqual([2, 1]);

  const fence = await second.evaluate(() => localStorage.getItem('fence feed'));
  expect(Number(fence)).toBeGreaterThan(1);
  // After an outage it may be the other one.
  const isFirst = await first.evaluate(() => page.link.connection !== undefined);
  await (isFirst ? first : second).close();
  await until('the connection of the other', () => server.accepted === 3 && server.open === 1);
  server.broadcast('three');
  await bothHear('one', 'two', 'three');
  expect(server.open).toBe(1);
});
