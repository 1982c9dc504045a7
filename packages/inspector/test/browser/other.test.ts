import { createWebSocketInspector } from '@statelyai/inspect';
import { expect, it, onTestFinished } from 'vitest';
import { type AnyActorLogic, createActor } from 'xstate';
import { useChromium } from '../../../../test/support/chromium.js';
import { player, stone } from '../support/machines.js';
import { litStates, open, row } from '../support/open.js';
import { frames, inspecting, producing } from '../support/peers.js';
import { definitionOf } from '../support/wire.js';

const browser = useChromium();

function watched(logic: AnyActorLogic, url: string) {
  const { inspect, stop } = createWebSocketInspector({ url });
  const actor = createActor(logic, { inspect }).start();
  onTestFinished(() => {
    actor.stop();
    stop();
  });
  return actor;
}

it('draws and lights parallel regions, histories, nested ends, self-loops and lines that stay', async () => {
  const inspector = await inspecting();
  const actor = watched(player, inspector.producerUrl);
  const page = await open(browser(), inspector);
  const lit = async (...states: string[]) => {
    await expect.poll(async () => (await litStates(page)).toSorted()).toEqual(states.toSorted());
  };
  await lit('', 'sound', 'sound.silent', 'list', 'list.idle');
  expect(await page.locator('.chart .state.parallel').count()).toBe(1);
  expect(await page.locator('.chart .state.history text').allTextContents()).toEqual(
    expect.arrayContaining(['H', 'H*']),
  );
  expect(await page.locator('.chart .state.final').count()).toBe(2);
  expect(await row(page, '', 'reset').locator('.aim').textContent()).toBe(' ↺');
  expect(
    await page.locator('.chart .arrow[data-from="sound.loud"][data-to="sound.loud"]').count(),
  ).toBe(1);

  actor.send({ type: 'play' });
  await expect.poll(() => litStates(page)).toContain('sound.loud');
  actor.send({ type: 'up' });
  actor.send({ type: 'crackle' });
  await expect.poll(() => litStates(page)).toContain('sound.loud.high.noisy');
  actor.send({ type: 'mute' });
  await expect.poll(() => litStates(page)).toContain('sound.silent');
  actor.send({ type: 'deepUnmute' });
  await expect.poll(() => litStates(page)).toContain('sound.loud.high.noisy');
  expect(await row(page, 'sound.silent', 'deepUnmute').locator('.count').textContent()).toBe('×1');
  actor.send({ type: 'reset' });
  await expect
    .poll(() => row(page, '', 'reset').locator('.count').textContent())
    .toMatch(/^(×1)?$/);
});

it('an actor without states is one box, lit while it lives', async () => {
  const inspector = await inspecting();
  watched(stone, inspector.producerUrl);
  const page = await open(browser(), inspector);
  await expect.poll(() => litStates(page)).toEqual(['']);
  expect(await page.locator('.chart .name').textContent()).toBe('stone');
});

it('microsteps, when an app sends them, name the edges: no guess is shown', async () => {
  const inspector = await inspecting();
  const producer = await producing(inspector.producerUrl);
  const definition = JSON.stringify({
    id: 'm',
    initial: 'a',
    states: {
      a: {
        on: {
          go: [
            { guard: 'one', target: 'b' },
            { guard: 'two', target: 'b' },
          ],
        },
      },
      b: {},
    },
  });
  producer.send(frames.actor('x:0', { definition, snapshot: { status: 'active', value: 'a' } }));
  producer.send(frames.event('x:0', 'go'));
  const transition = { eventType: 'go', source: 'm.a', target: ['m.b'], guard: 'two' };
  producer.send(
    JSON.stringify({
      type: '@xstate.microstep',
      sessionId: 'x:0',
      _transitions: [transition],
      snapshot: { value: 'b' },
    }),
  );
  const after = [{ eventType: 'xstate.after.nap.m.b', delayMs: 1000 }];
  producer.send(frames.snapshot('x:0', 'b', { _after: after }));
  const page = await open(browser(), inspector);
  await expect.poll(() => litStates(page)).toEqual(['b']);
  const last = page.locator('.chart .row.last');
  expect(await last.count()).toBe(1);
  expect(await last.locator('.guard').textContent()).toBe(' [two]');
  expect(await page.locator('#context .note').count()).toBe(0);
});

it('rubbish for a definition leaves a page that still works', async () => {
  const inspector = await inspecting();
  const producer = await producing(inspector.producerUrl);
  producer.send(frames.actor('x:0', { definition: '{"states":{"a":"[Object]"}', name: 'broken' }));
  producer.send(frames.snapshot('x:0', { a: { b: null } }));
  producer.send(frames.actor('x:1', { name: 'whole', definition: definitionOf(stone) }));
  const page = await open(browser(), inspector);
  await expect.poll(() => page.locator('#name').textContent()).toBe('broken');
  await page.locator('#list .row').filter({ hasText: 'whole' }).click();
  await expect.poll(() => page.locator('.chart .name').textContent()).toBe('stone');
});
