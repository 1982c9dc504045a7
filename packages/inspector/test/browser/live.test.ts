import { createWebSocketInspector } from '@statelyai/inspect';
import type { Page } from 'playwright-core';
import { constantBackoff, Continue, createReconnectActor, fatal } from 'schmoozer';
import { createInspector } from 'schmoozer/inspect';
import { scriptedConnector } from 'schmoozer/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { useChromium } from '../../../../test/support/chromium.js';
import { litStates, open, row } from '../support/open.js';
import { inspecting } from '../support/peers.js';
import { until } from '../support/until.js';

const browser = useChromium();

/** A real actor on the real clock, seen through the real @statelyai/inspect. */
async function connecting(id = 'link') {
  const inspector = await inspecting();
  const { inspect, stop } = createWebSocketInspector({ url: inspector.producerUrl });
  const script = scriptedConnector();
  const actor = createReconnectActor(script.connector, {
    id,
    inspect,
    backoff: constantBackoff(60_000),
    stableAfterMs: 60_000,
    connectTimeoutMs: 60_000,
  });
  onTestFinished(() => {
    actor.stop();
    stop();
  });
  actor.start();
  const connects = () =>
    until('connect is called', () => script.connects.some(({ isSettled }) => !isSettled));
  return {
    inspector,
    actor,
    async refuse() {
      await connects();
      const error = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
      script.connects.at(-1)?.reject(error);
    },
    async accept() {
      await connects();
      script.connects.at(-1)?.resolve();
      await until('run is called', () => script.runs.some(({ isSettled }) => !isSettled));
    },
    drop: () => script.runs.at(-1)?.resolve(Continue()),
    ban: () => script.runs.at(-1)?.reject(fatal(new Error('banned'))),
  };
}

async function lit(page: Page, ...states: string[]): Promise<void> {
  await expect.poll(() => litStates(page)).toEqual(states);
}
const countOf = async (page: Page, source: string, label: string, guard?: string) =>
  (await row(page, source, label, guard).locator('.count').textContent()) ?? '';

describe('the chart', () => {
  it('is drawn from the definition: every state, transition, guard, initial and final state', async () => {
    const { inspector } = await connecting();
    const page = await open(browser(), inspector);
    await lit(page, 'connecting', 'connecting.attempting');
    expect(await page.locator('.chart .state').count()).toBe(21);
    expect(await page.locator('.chart .row').count()).toBe(126);
    expect(await page.locator('.chart .state.final').getAttribute('data-path')).toBe('stopped');
    expect(await page.locator('.chart circle.start').count()).toBe(4);
    expect(await page.locator('.chart .guard').allTextContents()).toContain(' [isStableAtOnce]');
    expect(await page.locator('.chart .aside').allTextContents()).toEqual([
      'calls connect',
      'calls run',
      'calls retryDelay',
    ]);
    // Texts lie inside their boxes: nothing was measured too small.
    const outside = await page.locator('.chart .state').evaluateAll(
      (groups) =>
        groups.flatMap((group) => {
          const box = group.querySelector('.box')?.getBoundingClientRect();
          return [...group.querySelectorAll('text')].filter((text) => {
            const { left, right } = text.getBoundingClientRect();
            return box === undefined || left < box.left || right > box.right;
          });
        }).length,
    );
    expect(outside).toBe(0);
  });

  it('lights the active states, marks and flashes the edge just taken, and counts it', async () => {
    const link = await connecting();
    const page = await open(browser(), link.inspector);
    await lit(page, 'connecting', 'connecting.attempting');
    await link.refuse();
    await lit(page, 'waiting', 'waiting.delaying');
    const last = page.locator('.chart .row.last');
    expect(await last.locator('.event').allTextContents()).toEqual(['connect failed', 'always']);
    expect(await page.locator('.chart .arrow.last').count()).toBe(2);
    // What is animated is written down: a look at the right moment could come too late.
    const flashed = await page.evaluateHandle(() => {
      const arrows: (string | null)[] = [];
      // oxlint-disable-next-line typescript/unbound-method -- called with its element
      const { animate } = Element.prototype;
      Element.prototype.animate = function (...how) {
        if (this.classList.contains('arrow')) arrows.push(this.getAttribute('data-to'));
        return animate.apply(this, how);
      };
      return arrows;
    });
    link.actor.send({ type: 'reconnect' });
    await lit(page, 'connecting', 'connecting.attempting');
    expect(await flashed.jsonValue()).toEqual(['connecting']);
    await expect.poll(() => page.evaluate(() => document.getAnimations().length)).toBe(0);
    await link.refuse();
    await lit(page, 'waiting', 'waiting.delaying');
    expect(await countOf(page, 'waiting.choosing', 'always', 'isDelayed')).toBe('×2');
    expect(await countOf(page, 'waiting.delaying', 'reconnect')).toBe('×1');
    expect(await countOf(page, 'waiting.delaying', 'stop')).toBe('');
  });

  it('shows which arrow belongs to the line under the pointer', async () => {
    const link = await connecting();
    const page = await open(browser(), link.inspector);
    await lit(page, 'connecting', 'connecting.attempting');
    await row(page, 'connecting.attempting', 'connect failed', 'isFatal').hover();
    const pointed = page.locator('.chart .arrow.pointed');
    expect(await pointed.count()).toBe(1);
    expect(await pointed.getAttribute('data-from')).toBe('connecting.attempting');
    expect(await pointed.getAttribute('data-to')).toBe('stopped');
    await page.locator('#filter').hover();
    await expect.poll(() => pointed.count()).toBe(0);
  });

  it('stands still for those who want no motion; what was taken is marked all the same', async () => {
    const link = await connecting();
    const page = await open(browser(), link.inspector, { reducedMotion: 'reduce' });
    await lit(page, 'connecting', 'connecting.attempting');
    await link.refuse();
    await lit(page, 'waiting', 'waiting.delaying');
    const running = await page.evaluate(() => document.getAnimations().length);
    expect(running).toBe(0);
    expect(await page.locator('.chart .row.last').count()).toBe(2);
  });

  it('counts down while an `after` runs', async () => {
    const link = await connecting();
    const page = await open(browser(), link.inspector);
    await link.refuse();
    const left = page.locator('.timer[data-delay=retryDelay] .left');
    await left.waitFor();
    const first = Number.parseFloat((await left.textContent()) ?? '');
    expect(first).toBeLessThanOrEqual(60);
    expect(first).toBeGreaterThan(30);
    await expect
      .poll(async () => Number.parseFloat((await left.textContent()) ?? ''))
      .toBeLessThan(first - 0.3);
    const bar = row(page, 'waiting.delaying', 'after retryDelay', 'isBounded').locator('.bar');
    // Drawn with the next tick: a chart that was laid out anew begins with an empty bar.
    await expect.poll(async () => Number(await bar.getAttribute('width'))).toBeGreaterThan(0);
    // Of a delay that nobody tells, it says how long it has run.
    link.actor.send({ type: 'reconnect' });
    await expect
      .poll(() => page.locator('.timer[data-delay=connectTimeout] .left').textContent())
      .toMatch(/^for \d+\.\d s$/);
  });

  it('counts down before a delay was seen once, when the app is seen through schmoozer/inspect', async () => {
    const inspector = await inspecting();
    const producer = createInspector({ url: inspector.producerUrl, WebSocket });
    const script = scriptedConnector();
    const actor = createReconnectActor(script.connector, {
      inspect: producer.inspect,
      connectTimeoutMs: 60_000,
      stableAfterMs: 60_000,
    });
    onTestFinished(async () => {
      actor.stop();
      await producer.stop();
    });
    actor.start();
    const page = await open(browser(), inspector);
    const left = (delay: string) => page.locator(`.timer[data-delay=${delay}] .left`);
    await expect.poll(() => left('connectTimeout').textContent()).toMatch(/^[1-5]\d\.\d s left$/);
    await until('connect is called', () => script.connects.length > 0);
    script.connects[0]?.resolve();
    await expect.poll(() => left('stableAfter').textContent()).toMatch(/^[1-5]\d\.\d s left$/);
  });
});

describe('the timeline', () => {
  it('shows the chart, its counts and the details of any moment; live goes on', async () => {
    const link = await connecting();
    const page = await open(browser(), link.inspector);
    await link.refuse();
    await lit(page, 'waiting', 'waiting.delaying');
    link.actor.send({ type: 'reconnect' });
    await link.accept();
    await lit(page, 'running', 'running.settling');
    const scrubber = page.locator('#scrubber');
    await expect.poll(() => scrubber.getAttribute('max')).toBe('6');
    const events = page.locator('#events [role=option]');
    expect(await events.locator('.type').allTextContents()).toEqual([
      'seen',
      'start',
      'connect.started',
      'connect failed',
      'reconnect',
      'connect.started',
      'connect done',
    ]);

    await scrubber.focus();
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('ArrowLeft');
    await lit(page, 'waiting', 'waiting.delaying');
    expect(await page.locator('#live').getAttribute('aria-pressed')).toBe('false');
    expect(await countOf(page, 'waiting.delaying', 'reconnect')).toBe('');
    expect(await scrubber.getAttribute('aria-valuetext')).toMatch(
      /^step 4 of 7 · \d\d:\d\d:\d\d\.\d{3}: connect failed to waiting\.delaying$/,
    );
    await expect.poll(() => page.locator('#context').textContent()).toContain('ECONNREFUSED');
    expect(await page.locator('.timer .left').textContent()).toBe('1 min 0 s');

    // What comes meanwhile changes nothing of the moment.
    link.drop();
    await expect.poll(() => scrubber.getAttribute('max')).toBe('7');
    await lit(page, 'waiting', 'waiting.delaying');
    expect(await countOf(page, 'running.settling', 'run done')).toBe('');
    await page.click('#forth');
    await lit(page, 'connecting', 'connecting.attempting');
    await page.click('#live');
    await lit(page, 'waiting', 'waiting.delaying');
    expect(await countOf(page, 'running.settling', 'run done')).toBe('×1');
  });

  it('a click on an event goes there, and so do the arrow keys in the list', async () => {
    const link = await connecting();
    const page = await open(browser(), link.inspector);
    await link.refuse();
    await lit(page, 'waiting', 'waiting.delaying');
    await page.locator('#events [role=option]').nth(1).click();
    await lit(page, 'connecting', 'connecting.attempting');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await lit(page, 'waiting', 'waiting.delaying');
    const list = page.locator('#events [role=listbox]');
    const active = await list.getAttribute('aria-activedescendant');
    expect(await page.locator(`#${active}`).getAttribute('aria-selected')).toBe('true');
  });
});

describe('the details', () => {
  it('show context, what has changed in it, the event, errors and output', async () => {
    const link = await connecting();
    const page = await open(browser(), link.inspector);
    await link.refuse();
    await lit(page, 'waiting', 'waiting.delaying');
    const details = page.locator('#context');
    await expect
      .poll(() => details.locator('.tree dt.new').allTextContents())
      .toEqual(expect.arrayContaining(['attempt', 'delayMs', 'lastError']));
    expect(await details.locator('.error h3').first().textContent()).toBe('connect failed');
    expect(await details.textContent()).toContain('Event: connect failed from connect');
    link.actor.send({ type: 'reconnect' });
    await link.accept();
    link.ban();
    await lit(page, 'stopped');
    await expect
      .poll(() => details.locator('h3').allTextContents())
      .toEqual(expect.arrayContaining(['run failed', 'Context', 'Output']));
    expect(await page.locator('#list .row').first().getAttribute('data-state')).toBe('done');
  });
});

describe('the sequence', () => {
  it('shows who sent what to whom, an actor and its successors on one line', async () => {
    const link = await connecting();
    const page = await open(browser(), link.inspector);
    await link.refuse();
    await lit(page, 'waiting', 'waiting.delaying');
    link.actor.send({ type: 'reconnect' });
    await link.accept();
    await lit(page, 'running', 'running.settling');
    await page.click('#tab-sequence');
    await expect
      .poll(() => page.locator('#sequence .heads text').allTextContents())
      .toEqual(['outside', 'link', 'connect', 'run']);
    const arrow = (type: string, from: string, to: string) =>
      page.locator(`#sequence [data-type="${type}"][data-from="${from}"][data-to="${to}"]`).count();
    expect(await arrow('reconnect', 'outside', 'link')).toBe(1);
    expect(await arrow('xstate.init', 'link', 'connect')).toBe(2);
    expect(await arrow('xstate.error.actor.connect', 'connect', 'link')).toBe(1);
    expect(await arrow('xstate.done.actor.connect', 'connect', 'link')).toBe(1);
    await page.keyboard.press('ArrowLeft');
    await page.locator('.chart').waitFor();
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('tab-chart');
  });
});

describe('the list of actors', () => {
  it('shows states and tags, filters by them, and is walked by keys', async () => {
    const inspector = await inspecting();
    const { inspect, stop } = createWebSocketInspector({ url: inspector.producerUrl });
    onTestFinished(stop);
    const actors = ['amber', 'birch', 'cedar'].map((id) => {
      const script = scriptedConnector();
      const actor = createReconnectActor(script.connector, {
        id,
        inspect,
        backoff: constantBackoff(60_000),
      });
      actor.start();
      return { actor, script };
    });
    onTestFinished(() => actors.forEach(({ actor }) => actor.stop()));
    await until('connect', () => actors.every(({ script }) => script.connects.length === 1));
    actors[1]?.script.connects[0]?.resolve();
    const page = await open(browser(), inspector);
    const names = () => page.locator('#list .row .name').allTextContents();
    await expect.poll(names).toEqual(['amber', 'connect', 'birch', 'run', 'cedar', 'connect']);
    const birch = page.locator('#list .row').filter({ hasText: 'birch' });
    await expect.poll(() => birch.locator('.where').textContent()).toBe('running.settling');
    expect(await birch.locator('.tags').textContent()).toBe('online');

    await page.keyboard.press('/');
    await page.keyboard.type('online');
    await expect.poll(names).toEqual(['birch']);
    expect(await page.locator('#shown').textContent()).toMatch(/^1 of \d$/);
    await page.locator('#filter').fill('attempting ced');
    await expect.poll(names).toEqual(['cedar']);
    await page.locator('#filter').fill('');
    await expect.poll(names).toHaveLength(6);

    await page.locator('#list [role=listbox]').focus();
    await page.keyboard.press('End');
    await page.keyboard.press('ArrowUp');
    await expect.poll(() => page.locator('#name').textContent()).toBe('cedar');
    await page.keyboard.press('Home');
    await expect.poll(() => page.locator('#name').textContent()).toBe('amber');
    // The child that connected has ended: it is out of the way until asked for.
    expect(await page.locator('#ended-label').textContent()).toBe('ended children (1)');
    await page.check('#ended');
    await expect.poll(names).toHaveLength(7);
  });

  it('everything that can be pressed is reached by Tab, named, and shows where the focus is', async () => {
    const link = await connecting();
    const page = await open(browser(), link.inspector);
    await lit(page, 'connecting', 'connecting.attempting');
    // An error can be unfolded.
    await link.refuse();
    await expect.poll(() => page.locator('#scrubber').getAttribute('max')).toBe('3');
    const stops: string[] = [];
    for (let i = 0; i < 30; i++) {
      await page.keyboard.press('Tab');
      const stop = await page.evaluate(() => {
        const focused = document.activeElement;
        if (!(focused instanceof HTMLElement) || focused === document.body) return undefined;
        const { outlineStyle, outlineWidth } = getComputedStyle(focused);
        const labelledBy = focused.getAttribute('aria-labelledby') ?? '';
        const name =
          focused.getAttribute('aria-label') ??
          document.getElementById(labelledBy)?.textContent ??
          (focused instanceof HTMLInputElement ? focused.labels?.[0]?.textContent : undefined) ??
          focused.textContent;
        return {
          id: focused.id || focused.parentElement?.id || focused.localName,
          isMarked: outlineStyle !== 'none' && Number.parseFloat(outlineWidth) >= 2,
          isNamed: (name ?? '').trim() !== '',
        };
      });
      if (stop === undefined) break;
      expect(stop).toMatchObject({ isMarked: true, isNamed: true });
      stops.push(stop.id);
    }
    expect(stops).toEqual([
      'save',
      'theme',
      'filter',
      'list',
      'ended',
      'tab-chart',
      'brief',
      'smaller',
      'fit',
      'larger',
      'chart',
      'live',
      'back',
      'scrubber',
      'pin',
      'address',
      'event-filter',
      'event-kind',
      'event-from',
      'events',
      'copy',
      'context',
      'summary',
      'summary',
    ]);
  });
});
