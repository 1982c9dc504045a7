import { createInspectorServer } from '@statelyai/inspect/server';
import type { Frame as PageFrame, Page } from 'playwright-core';
import { createInspector } from 'schmoozer/inspect';
import { beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { WebSocket } from 'ws';
import { useChromium } from '../../support/chromium.js';
import { type Frame, inspectorServer } from '../../support/inspectorServer.js';
import { LIFE, live } from '../../support/life.js';
import { closedPort } from '../../support/loopback.js';
import { bundle, servePages } from '../../support/pages.js';

const DEADLINE = { timeout: 30_000, interval: 20 };
const browser = useChromium();
let programs: Record<string, string> = {};

beforeAll(async () => {
  programs = {
    '/app': await bundle(new URL('./app.ts', import.meta.url)),
    '/watcher': await bundle(new URL('./watcher.ts', import.meta.url)),
  };
});

// Functions that are sent to the page see its globals.
declare const self: {
  readonly received: readonly Frame[];
  readonly messages: readonly Frame[];
  watched(theirs: string, ours: string, inFrame: boolean): void;
  live(): Promise<string>;
};

const steps = (frames: readonly Frame[], id: string) =>
  frames
    .filter(({ type, sessionId }) => type === '@xstate.snapshot' && sessionId === id)
    .map(({ event, snapshot }) => [event?.type, snapshot?.value]);

const until = <T>(check: () => T) => vi.waitFor(check, DEADLINE);

async function frameAt(page: Page, url: string): Promise<PageFrame> {
  return until(() => page.frame({ url }) ?? Promise.reject(new Error(`no frame at ${url}`)));
}

describe('in a real page', () => {
  it.each(['window', 'iframe'] as const)(
    'the package’s createBrowserInspector, in a %s, and ours send the same states of our machine',
    async (mode) => {
      const port = await servePages(programs);
      const server = await inspectorServer();
      const context = await browser().newContext();
      onTestFinished(() => context.close());
      const page = await context.newPage();
      await page.goto(`http://127.0.0.1:${port}/app`);
      const url = `http://localhost:${port}/watcher`;
      const popup = mode === 'window' ? context.waitForEvent('page') : undefined;
      await page.evaluate(([theirs, ours, inFrame]) => self.watched(theirs, ours, inFrame), [
        url,
        server.url,
        mode === 'iframe',
      ] as const);
      const watcher = popup === undefined ? await frameAt(page, url) : await popup;
      await watcher.waitForFunction(() => 'received' in self);
      // Theirs sends when the page is idle, which one in the background hardly ever is.
      await page.bringToFront();
      const id = await page.evaluate(() => self.live());
      const theirs = () => watcher.evaluate(() => self.received);
      await until(async () => expect(steps(await theirs(), id)).toEqual(LIFE));
      await until(() => expect(steps(server.frames, id)).toEqual(LIFE));
      expect(server.texts.filter((text) => text.includes('hunter2'))).toEqual([]);
    },
  );
});

describe('through the package’s server and the page it serves', () => {
  it('our frames reach a page made of the package’s receiver, which passes over the microsteps', async () => {
    const port = await closedPort();
    const pages = await servePages(programs);
    const url = `http://localhost:${pages}/watcher`;
    // The hosted inspector stands at this place.
    const server = createInspectorServer({ port, url, autoOpen: false });
    onTestFinished(() => server.stop());
    const inspector = createInspector({ url: `ws://localhost:${port}`, WebSocket });
    await until(() => expect(inspector.isConnected).toBe(true));
    const page = await browser().newPage();
    onTestFinished(() => page.close());
    await page.goto(`http://localhost:${port}/`);
    const watcher = await frameAt(page, url);
    await watcher.waitForFunction(() => 'received' in self);
    const id = await live(inspector.inspect);
    const received = () => watcher.evaluate(() => self.received);
    await until(async () => expect(steps(await received(), id)).toEqual(LIFE));
    const all = await received();
    expect(new Set(all.map(({ type }) => type))).toEqual(
      new Set(['@xstate.actor', '@xstate.event', '@xstate.snapshot']),
    );
    const definition = all.find(({ sessionId }) => sessionId === id)?.definition;
    expect(JSON.parse(definition ?? '')).toMatchObject({ id: 'reconnect', initial: 'waiting' });
    // They came as far as the page.
    const messages = await watcher.evaluate(() => self.messages);
    expect(messages.some(({ type }) => type === '@xstate.microstep')).toBe(true);
    await inspector.stop();
  });
});
