import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { expect, onTestFinished } from 'vitest';
import type { Inspector } from '../../src/index.js';

/** An open page. When the test is over, it has thrown nothing and asked no other host for anything. */
export async function open(
  browser: Browser,
  { url }: Pick<Inspector, 'url'>,
  options: BrowserContextOptions = {},
): Promise<Page> {
  const context = await browser.newContext({
    viewport: { width: 1440, height: 900 },
    ...options,
  });
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  const { host } = new URL(url);
  const foreign: string[] = [];
  const errors: string[] = [];
  const check = (address: string) => {
    const asked = new URL(address);
    if (!/^(data|blob|about):$/.test(asked.protocol) && asked.host !== host) foreign.push(address);
  };
  page.on('request', (request) => check(request.url()));
  page.on('websocket', (socket) => check(socket.url()));
  page.on('pageerror', (error) => errors.push(String(error)));
  page.on('console', (message) => {
    const text = message.text();
    // What a server that is gone looks like is what the page is there to bear.
    const isExpected = /ERR_CONNECTION|WebSocket connection|status of 401/.test(text);
    if (message.type() === 'error' && !isExpected) errors.push(text);
  });
  onTestFinished(async () => {
    await context.close();
    expect({ foreign, errors }).toEqual({ foreign: [], errors: [] });
  });
  await page.goto(url);
  return page;
}

/** The dotted paths of the states that are lit, innermost or not. */
export function litStates(page: Page): Promise<string[]> {
  return page
    .locator('.chart .state.active')
    .evaluateAll((groups) => groups.map((group) => group.getAttribute('data-path') ?? ''));
}

/** The line of a transition, by the state it belongs to and what it says. */
export function row(page: Page, source: string, label: string, guard?: string) {
  const rows = page
    .locator(`.chart .row[data-source="${source}"]`)
    .filter({ has: page.locator(`.event:text-is("${label}")`) });
  return guard === undefined
    ? rows.filter({ hasNot: page.locator('.guard') })
    : rows.filter({ has: page.locator(`.guard:text-is("[${guard}]")`) });
}
