import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { createReconnectActor } from 'schmoozer';
import { createReconnectActor as compiledActor } from 'schmoozer/compiled';
import { createInspector, type InspectorOptions } from 'schmoozer/inspect';
import { scriptedConnector } from 'schmoozer/testing';
import { createWebSocketInspector } from '@statelyai/inspect';
import { expect, it, onTestFinished, vi } from 'vitest';
import { WebSocket } from 'ws';
import { createActor, createMachine } from 'xstate';
import { useChromium } from '../../../../test/support/chromium.js';
import { litStates, open } from '../support/open.js';
import { frames, inspecting, producing } from '../support/peers.js';
import { NIGHT, scenes } from '../support/scenes.js';
import { definitionOf } from '../support/wire.js';

const browser = useChromium();
const utc = { timezoneId: 'UTC', permissions: ['clipboard-read', 'clipboard-write'] };

/** A quiet link with hours behind it. */
async function night() {
  const inspector = await inspecting();
  const producer = await producing(`${inspector.producerUrl}&producer=shop`);
  scenes.night.play((frame) => producer.send(frame));
  const page = await open(browser(), inspector, utc);
  await expect.poll(() => litStates(page)).toContain(scenes.night.active);
  return { inspector, producer, page };
}

const types = (page: Page) => page.locator('#events .row .type').allTextContents();
const times = (page: Page) => page.locator('#events .row .at').allTextContents();

it('shows times with hours, how far it reaches back, and the time to scale with its failures', async () => {
  const { page } = await night();
  await expect.poll(async () => (await times(page)).at(-1)).toBe('07:30:00.000');
  expect(await page.locator('#reach').textContent()).toBe('reaches back 8.5 h');
  expect(await page.locator('#moment').textContent()).toMatch(/ · 07:30:00\.000$/);
  const marks = page.locator('#axis .failure');
  expect(await marks.count()).toBe(NIGHT.failures);
  const places = await marks.evaluateAll((all) =>
    all.map((mark) => Number.parseFloat((mark as HTMLElement).style.left)),
  );
  // The first failure came after an hour of eight and a half.
  expect(places[0]).toBeCloseTo(100 / 8.5, 0);
  expect(await page.locator('#axis .tick').allTextContents()).toContain('02:00:00');
  // A click goes there.
  const axis = await page.locator('#axis').boundingBox();
  await page.mouse.click(
    (axis?.x ?? 0) + ((axis?.width ?? 0) * (places[0] ?? 0)) / 100,
    (axis?.y ?? 0) + 4,
  );
  await expect.poll(() => page.locator('#moment').textContent()).toContain('00:00:00.000');
  await expect.poll(() => page.locator('#context .error').count()).toBe(1);
});

it('filters events by words, kind and sender', async () => {
  const { page } = await night();
  await page.selectOption('#event-kind', 'errors');
  await expect
    .poll(() => types(page))
    .toEqual(Array.from({ length: NIGHT.failures }, () => 'connect failed'));
  expect(await page.locator('#event-count').textContent()).toMatch(
    new RegExp(`^${NIGHT.failures} of \\d+$`),
  );
  await page.selectOption('#event-kind', 'emitted');
  await expect.poll(() => types(page)).toEqual(['connect done']);
  await page.selectOption('#event-kind', 'all');
  await page.selectOption('#event-from', 'outside');
  await expect.poll(() => types(page)).toEqual(['reconnect']);
  await page.selectOption('#event-from', '');
  await page.fill('#event-filter', 'econnrefused waiting');
  await expect.poll(() => types(page)).toHaveLength(NIGHT.failures);
  await page.fill('#event-filter', '');
  await page.selectOption('#event-kind', 'timers');
  await expect
    .poll(() => types(page))
    .toEqual(Array.from({ length: NIGHT.failures - 1 }, () => 'after retryDelay'));
});

it('compares two moments, shows actions and emitted events, and copies a context', async () => {
  const { page } = await night();
  await page.selectOption('#event-kind', 'errors');
  await expect.poll(() => types(page)).toHaveLength(NIGHT.failures);
  await page.locator('#events .row').first().click();
  await expect.poll(() => page.locator('#moment').textContent()).toContain('00:00:00.000');
  await page.click('#pin');
  await page.selectOption('#event-kind', 'emitted');
  await expect.poll(() => types(page)).toEqual(['connect done']);
  await page.locator('#events .row').first().click();
  const details = page.locator('#context');
  await expect
    .poll(() => details.locator('.diff h3').textContent())
    .toMatch(/^From 00:00:00\.000 to /);
  expect(await details.locator('.diff p').allTextContents()).toEqual(
    expect.arrayContaining([
      '− state waiting.delaying',
      '+ state running.settling',
      '± attempt: 1 → 0',
    ]),
  );
  expect(await details.locator('.emitted').textContent()).toContain('connection.opened');
  expect(await details.locator('.actions').textContent()).toContain('greet');
  await page.click('#copy');
  await expect.poll(() => page.locator('#copy').textContent()).toBe('Copied');
  const copied = JSON.parse(await page.evaluate(() => navigator.clipboard.readText())) as unknown;
  expect(copied).toMatchObject({ attempt: 0, epoch: 2 });
  await page.click('#pin');
  await expect.poll(() => details.locator('.diff').count()).toBe(0);
});

it('a link leads to a moment, and a saved file is opened by the same link without the app', async () => {
  const { page, inspector } = await night();
  await page.selectOption('#event-kind', 'errors');
  await expect.poll(() => types(page)).toHaveLength(NIGHT.failures);
  await page.locator('#events .row').first().click();
  await page.click('#address');
  await expect.poll(() => page.locator('#address').textContent()).toBe('Copied');
  const link = await page.evaluate(() => navigator.clipboard.readText());
  expect(new URL(link).hash).toMatch(/^#actor=shop%2Forders&at=\d+$/);
  const saving = page.waitForEvent('download');
  await page.click('#save');
  const file = join(mkdtempSync(join(tmpdir(), 'inspector-')), 'recording.ndjson');
  await (await saving).saveAs(file);
  expect(readFileSync(file, 'utf8')).not.toContain('hunter2');

  const again = await open(browser(), { url: link }, utc);
  await expect.poll(() => again.locator('#moment').textContent()).toContain('00:00:00.000');
  expect(await again.locator('#live').getAttribute('aria-pressed')).toBe('false');
  await inspector.close();

  const offline = await inspecting({ recording: file });
  const shown = await open(browser(), { url: offline.url + new URL(link).hash }, utc);
  await expect.poll(() => shown.locator('#moment').textContent()).toContain('00:00:00.000');
  await expect.poll(() => litStates(shown)).toContain('waiting.delaying');
  expect(await shown.locator('#link').textContent()).toBe('recording recording.ndjson');
  expect(await shown.locator('#context').textContent()).toContain('ECONNREFUSED');
});

it('says what changed in the row of a parallel machine', async () => {
  const inspector = await inspecting();
  const producer = await producing(inspector.producerUrl);
  scenes.plant.play((frame) => producer.send(frame));
  const page = await open(browser(), inspector);
  await expect
    .poll(async () => (await page.locator('#events .row .where').allTextContents()).at(-1))
    .toBe('doors.faulty');
});

it('a failed actor is seen from everywhere, and processes are named when names repeat', async () => {
  const inspector = await inspecting();
  const one = await producing(`${inspector.producerUrl}&producer=a`);
  const other = await producing(`${inspector.producerUrl}&producer=b`);
  const app = (pid: number) => ({ _app: { name: 'shop', version: '2.1', pid }, _started: true });
  for (let i = 0; i < 60; i++) one.send(frames.actor(`w${i}`, { name: `worker ${i}` }));
  one.send(frames.actor('x:0', { name: 'orders', ...app(101) }));
  other.send(frames.actor('x:0', { name: 'orders', ...app(102) }));
  one.send(frames.actor('y:0', { name: 'broken', parentId: 'w59' }));
  one.send(
    frames.snapshot('y:0', 'idle', {
      snapshot: { status: 'error', value: 'idle', error: { message: 'no' } },
    }),
  );
  const page = await open(browser(), inspector);
  await page.locator('#failed').waitFor();
  expect(await page.locator('#failed').textContent()).toBe('1 failed');
  await page.click('#failed');
  await expect.poll(() => page.locator('#name').textContent()).toBe('broken');
  // It has ended, and is in the list all the same.
  await page.fill('#filter', 'broken');
  await expect.poll(() => page.locator('#list .row[data-state=error]').count()).toBe(1);
  await page.fill('#filter', 'orders');
  await expect
    .poll(async () => (await page.locator('#list .row .name').allTextContents()).toSorted())
    .toEqual(['orders · shop 2.1 101', 'orders · shop 2.1 102']);
});

it('says what it cannot show: definitions that were cut, states deeper than the chart, actors that were never used', async () => {
  const inspector = await inspecting();
  const { inspect, stop } = createWebSocketInspector({ url: inspector.producerUrl });
  onTestFinished(stop);
  const deep = (level: number): object =>
    level === 0 ? {} : { initial: `s${level}`, states: { [`s${level}`]: deep(level - 1) } };
  const machine = createMachine({ id: 'deep', ...deep(8) });
  const actor = createActor(machine, { inspect, id: 'deep' }).start();
  // As React's strict mode makes them.
  createActor(createMachine({ id: 'phantom', initial: 'a', states: { a: {} } }), {
    inspect,
    id: 'phantom',
  });
  onTestFinished(() => void actor.stop());
  const page = await open(browser(), inspector);
  await expect
    .poll(() => page.locator('#omission').textContent())
    .toMatch(
      /@statelyai\/inspect has cut off.* It is in s8\.s7\.[s\d.]+, deeper than the chart goes\.$/,
    );
  expect(definitionOf(machine)).toContain('s1');
  const phantom = page.locator('#list .row').filter({ hasText: 'phantom' });
  await expect.poll(() => phantom.locator('.where').textContent()).toBe('never used');
});

async function linked(options: InspectorOptions = {}) {
  const onCommand = vi.fn();
  const inspector = await inspecting({ onCommand });
  const producer = createInspector({
    url: inspector.producerUrl,
    WebSocket,
    logger: () => {},
    ...options,
  });
  const script = scriptedConnector();
  const actor = createReconnectActor(script.connector, { id: 'orders', inspect: producer.inspect });
  onTestFinished(async () => {
    actor.stop();
    await producer.stop();
  });
  actor.start();
  const page = await open(browser(), inspector);
  await expect.poll(() => litStates(page)).toContain('connecting.attempting');
  return { onCommand, producer, actor, page };
}

it('sends a command to an actor that allows it, after it was asked again', async () => {
  const { page, actor, onCommand } = await linked({ allowCommands: true });
  const suspend = page.locator('#commands [data-command=suspend]');
  await suspend.click();
  expect(await suspend.textContent()).toBe('suspend orders?');
  expect(onCommand).not.toHaveBeenCalled();
  await suspend.click();
  await expect.poll(() => actor.getSnapshot().hasTag('closing')).toBe(true);
  expect(onCommand).toHaveBeenCalledExactlyOnceWith({
    command: 'suspend',
    actor: 'orders',
    app: 'app 1',
  });
});

it('offers no command by default', async () => {
  const { page } = await linked();
  expect(await page.locator('#commands').isVisible()).toBe(false);
});

it('shows a link of the compiled engine with its states and events, and says that it has no microsteps', async () => {
  const inspector = await inspecting();
  const producer = createInspector({ url: inspector.producerUrl, WebSocket });
  const script = scriptedConnector();
  const link = compiledActor(script.connector, { id: 'prices' });
  producer.watch(link);
  onTestFinished(async () => {
    link.stop();
    await producer.stop();
  });
  link.start();
  await vi.waitFor(() => expect(script.connects).toHaveLength(1));
  script.connects[0]?.resolve();
  const page = await open(browser(), inspector);
  await expect.poll(() => litStates(page)).toContain('running.settling');
  await expect.poll(() => types(page)).toContain('connection.opened');
  expect(await page.locator('#context').textContent()).toContain(
    'The compiled engine has no microsteps',
  );
});
