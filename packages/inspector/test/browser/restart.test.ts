import { createWebSocketInspector } from '@statelyai/inspect';
import { constantBackoff } from 'schmoozer';
import { createInspector } from 'schmoozer/inspect';
import { expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { createActor, createMachine } from 'xstate';
import { useChromium } from '../../../../test/support/chromium.js';
import { startInspector } from '../../src/index.js';
import { litStates, open } from '../support/open.js';
import { inspecting } from '../support/peers.js';

const browser = useChromium();

const lamp = createMachine({
  id: 'lamp',
  initial: 'off',
  states: { off: { on: { flip: 'on' } }, on: { on: { flip: 'off' } } },
});

/** A new actor, and a new connection of @statelyai/inspect, which does not reconnect by itself. */
function shine(url: string) {
  const { inspect, stop } = createWebSocketInspector({ url });
  onTestFinished(stop);
  return createActor(lamp, { inspect, id: 'lamp' }).start();
}

it('the page says that the server has gone, and connects again when it is back', async () => {
  const token = 'kept-across-restarts';
  const first = await startInspector({ port: 0, token });
  shine(first.producerUrl).send({ type: 'flip' });
  const page = await open(browser(), first);
  await expect.poll(() => litStates(page)).toEqual(['on']);
  const link = page.locator('#link');
  expect(await link.getAttribute('data-state')).toBe('live');

  await first.close();
  await expect.poll(() => link.getAttribute('data-state')).toBe('waiting');
  expect(await link.textContent()).toMatch(/^server gone · next attempt in /);
  // The last picture stays.
  expect(await litStates(page)).toEqual(['on']);

  const second = await inspecting({ port: first.port, token });
  await expect.poll(() => link.getAttribute('data-state'), { timeout: 30_000 }).toBe('live');
  const actor = shine(second.producerUrl);
  await expect.poll(() => litStates(page)).toEqual(['off']);
  actor.send({ type: 'flip' });
  await expect.poll(() => litStates(page)).toEqual(['on']);
  await expect.poll(() => page.locator('#list .row').count()).toBe(1);
});

it('an app with schmoozer/inspect is on the page again by itself, as the one it was', async () => {
  const token = 'kept-across-restarts';
  const first = await startInspector({ port: 0, token });
  const shop = createInspector({
    url: `${first.producerUrl}&producer=shop`,
    WebSocket,
    backoff: constantBackoff(200),
  });
  onTestFinished(() => shop.stop());
  const actor = createActor(lamp, { inspect: shop.inspect, id: 'lamp' }).start();
  const page = await open(browser(), first);
  await expect.poll(() => litStates(page)).toEqual(['off']);
  await first.close();
  actor.send({ type: 'flip' });
  await inspecting({ port: first.port, token });
  await expect.poll(() => litStates(page), { timeout: 30_000 }).toEqual(['on']);
  actor.send({ type: 'flip' });
  await expect.poll(() => litStates(page)).toEqual(['off']);
  // Its microsteps name the arrow.
  expect(await page.locator('.chart .arrow.last').getAttribute('data-from')).toBe('on');
  expect(await page.locator('#context .note').count()).toBe(0);
  expect(await page.locator('#list .row').getAttribute('data-key')).toMatch(/^shop\//);
});

it('the page gives up, and says what to do, when the new server has another token', async () => {
  const first = await startInspector({ port: 0 });
  const page = await open(browser(), first);
  const link = page.locator('#link');
  await expect.poll(() => link.getAttribute('data-state')).toBe('live');
  await first.close();
  await inspecting({ port: first.port });
  await expect.poll(() => link.getAttribute('data-state'), { timeout: 30_000 }).toBe('refused');
  expect(await link.textContent()).toContain('open the address that the new server has printed');
});

it('before any actor has come, the page shows the line to paste', async () => {
  const inspector = await inspecting();
  const page = await open(browser(), inspector);
  await expect
    .poll(() => page.locator('#chart code').textContent())
    .toBe(`createWebSocketInspector({ url: '${inspector.producerUrl}' })`);
});
