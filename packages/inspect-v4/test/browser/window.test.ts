import type { Frame, Page } from 'playwright-core';
import { beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { useChromium } from '../../../../test/support/chromium.js';
import { bundle, servePages } from '../../../../test/support/pages.js';
import { LIFE } from '../life.js';

const DEADLINE = { timeout: 30_000, interval: 20 };
const browser = useChromium();
let programs: Record<string, string> = {};

beforeAll(async () => {
  programs = {
    '/app': await bundle(new URL('./app.ts', import.meta.url)),
    '/watcher': await bundle(new URL('./watcher.ts', import.meta.url)),
  };
});

interface Scope {
  readonly seen: readonly (readonly unknown[])[];
  readonly guards: readonly string[];
  readonly receiver: { send(event: object): void };
  readonly inspect: { (event: object): void; stop(): void };
  readonly iframe: { contentWindow: unknown };
  watched(url: string, inFrame: boolean): void;
  live(inspect: unknown): Promise<string>;
}
// Functions that are sent to the page see its globals.
declare const self: Scope & { postMessage(message: unknown, origin: string): void };

async function opened(mode: 'window' | 'iframe') {
  const port = await servePages(programs);
  const context = await browser().newContext();
  onTestFinished(() => context.close());
  const errors: string[] = [];
  const page = await context.newPage();
  page.on('pageerror', (error) => void errors.push(String(error)));
  await page.goto(`http://127.0.0.1:${port}/app`);
  // Another origin than the app's.
  const url = `http://localhost:${port}/watcher`;
  const popup = mode === 'window' ? context.waitForEvent('page') : undefined;
  await page.evaluate(([at, inFrame]) => self.watched(at, inFrame), [
    url,
    mode === 'iframe',
  ] as const);
  let watcher: Page | Frame;
  if (popup === undefined) {
    watcher = await vi.waitFor(
      () => page.frame({ url }) ?? Promise.reject(new Error('no frame')),
      DEADLINE,
    );
  } else watcher = await popup;
  await watcher.waitForFunction(() => 'receiver' in self);
  return { page, watcher, errors };
}

async function lived(page: Page, watcher: Page | Frame) {
  const id = await page.evaluate(() => self.live(self.inspect));
  const seen = () => watcher.evaluate(() => self.seen);
  await vi.waitFor(
    async () => expect((await seen()).at(-1)).toEqual(['service.stop', id]),
    DEADLINE,
  );
  return { id, seen: await seen() };
}

describe.each(['window', 'iframe'] as const)(
  'the package’s receiver in a page, in a %s',
  (mode) => {
    it('gets every transition of a life, with its event and guards, and its end', async () => {
      const { page, watcher, errors } = await opened(mode);
      const { id, seen } = await lived(page, watcher);
      const states = seen.filter(
        ([type]) => type === 'service.register' || type === 'service.state',
      );
      expect(states.map(([, , event, value]) => [event, value])).toEqual(LIFE);
      expect(new Set(states.map(([, session]) => session))).toEqual(new Set([id]));
      expect(states.at(-1)?.[4]).toEqual({ attempt: 0, epoch: 3, delayMs: 0 });
      const events = seen.filter(([type]) => type === 'service.event').map(([, , name]) => name);
      expect(events).toEqual(LIFE.map(([name]) => name));
      const guards = await watcher.evaluate(() => self.guards);
      expect(guards).toEqual([
        'isFirst',
        'isImmediate',
        'isDelayed',
        'isUndecided',
        'hasBroken',
        '',
      ]);
      expect(errors).toEqual([]);
    });

    it('cannot steer the machine, nor can the page itself by messages; nothing is thrown', async () => {
      const { page, watcher, errors } = await opened(mode);
      const rubbish = [
        { type: 'xstate.event', event: 'no json', service: 'x:0' },
        { type: 'xstate.event', event: '{"name":"stop","origin":"x:0"}', service: 'x:0' },
        { type: 'disconnect' },
        { type: 'service.state', sessionId: 'x:0', state: 'rubbish' },
        { type: 7 },
      ];
      await watcher.evaluate((messages) => {
        for (const message of messages) self.receiver.send(message);
      }, rubbish);
      await page.evaluate((messages) => {
        for (const message of [...messages, { type: 'xstate.inspecting' }]) {
          self.postMessage(message, '*');
        }
      }, rubbish);
      const { seen } = await lived(page, watcher);
      const states = seen.filter(
        ([type]) => type === 'service.register' || type === 'service.state',
      );
      expect(states.map(([, , event, value]) => [event, value])).toEqual(LIFE);
      expect(errors).toEqual([]);
    });

    it('hears nothing after stop', async () => {
      const { page, watcher, errors } = await opened(mode);
      const { seen } = await lived(page, watcher);
      await page.evaluate(async () => {
        self.inspect.stop();
        await self.live(self.inspect);
      });
      expect(await watcher.evaluate(() => self.seen)).toHaveLength(seen.length);
      expect(errors).toEqual([]);
    });
  },
);

it('a page whose window is blocked is told so, and its own listeners are as they were', async () => {
  const port = await servePages(programs);
  const page = await browser().newPage();
  onTestFinished(() => page.close());
  await page.goto(`http://127.0.0.1:${port}/app`);
  const told = await page.evaluate(() => {
    window.open = () => null;
    try {
      self.watched('http://localhost:1/', false);
      return 'nothing';
    } catch (error) {
      return String(error);
    }
  });
  expect(told).toBe('TypeError: the browser opened no window: allow it to, or pass `iframe`');
  expect(await page.evaluate(() => Object.hasOwn(window, 'addEventListener'))).toBe(false);
});
