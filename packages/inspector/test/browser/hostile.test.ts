import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { useChromium } from '../../../../test/support/chromium.js';
import { stone } from '../support/machines.js';
import { litStates, open } from '../support/open.js';
import { frames, inspecting, producing } from '../support/peers.js';
import { definitionOf } from '../support/wire.js';

const browser = useChromium();

const nested = (levels: number, inner: string) =>
  `${'{"a":'.repeat(levels)}${inner}${'}'.repeat(levels)}`;
const deepDefinition = (levels: number) =>
  `{"id":"deep","initial":"a","states":${'{"a":{"initial":"a","on":{"go":"a"},"states":'.repeat(levels)}{}${'}}'.repeat(levels)}}`;
const wideDefinition = (states: number) =>
  JSON.stringify({
    id: 'wide',
    initial: 's0',
    states: Object.fromEntries(
      Array.from({ length: states }, (_, i) => [
        `s${i}`,
        { on: { next: `s${(i * 7 + 1) % states}`, ['long '.repeat(20)]: `s${(i + 1) % states}` } },
      ]),
    ),
  });

/** Chooses the actor of this name, and waits until the page shows it. */
async function choose(page: Page, name: string): Promise<void> {
  await page.locator('#list .row').filter({ hasText: name }).click();
  await expect.poll(() => page.locator('#name').textContent()).toBe(name);
}

it('survives a context 800 levels deep and definitions 3000 deep and 3000 wide, says what is left out, and shows others as ever', async () => {
  const inspector = await inspecting();
  const producer = await producing(inspector.producerUrl);
  const send = (name: string, more: object) => producer.send(frames.actor(name, { name, ...more }));
  send('whole', { definition: definitionOf(stone) });
  send('context', { definition: definitionOf(stone) });
  const context = nested(800, '"the bottom"');
  producer.send(
    `{"type":"@xstate.snapshot","sessionId":"context","event":{"type":"go"},"snapshot":{"value":{},"context":${context}}}`,
  );
  send('deep', {
    definition: deepDefinition(3000),
    snapshot: { value: JSON.parse(nested(190, '"a"')) as unknown },
  });
  send('wide', { definition: wideDefinition(3000), snapshot: { value: 's0' } });
  send('too long', { definition: JSON.stringify({ id: 'x'.repeat(600_000) }) });
  const page = await open(browser(), inspector);

  await choose(page, 'context');
  await expect.poll(() => page.locator('#context details').count()).toBeGreaterThan(3);
  // What lies deeper opens at a click, down to where no more is shown.
  const closed = page.locator('#context details:not([open]) > summary');
  await closed.last().click();
  await expect.poll(() => page.locator('#context details[open]').count()).toBeGreaterThan(5);
  await page.evaluate(() => {
    for (let i = 0; i < 900; i++) {
      const all = [
        ...document.querySelectorAll<HTMLDetailsElement>('#context details:not([open])'),
      ];
      if (all.length === 0) break;
      for (const details of all) {
        details.open = true;
        details.dispatchEvent(new Event('toggle'));
      }
    }
  });
  await expect
    .poll(() => page.locator('#context').textContent())
    .toContain('deeper than 60 levels');

  const omission = page.locator('#omission');
  expect(await omission.isVisible()).toBe(false);
  await choose(page, 'deep');
  await expect.poll(() => page.locator('.chart .state').count()).toBe(24); // and the machine itself, which has no frame
  await expect
    .poll(() => omission.textContent())
    .toMatch(
      /^Not drawn: states deeper than 24 levels\. It is in [a.]{49}, deeper than the chart goes\.$/,
    );
  await expect.poll(async () => (await litStates(page)).length).toBeGreaterThan(20);

  await choose(page, 'wide');
  await expect.poll(() => omission.textContent()).toBe('Not drawn: states after the first 500.');

  await choose(page, 'too long');
  await expect
    .poll(() => omission.textContent())
    .toMatch(/^No chart: its definition has 6\d{5} characters; up to 524288 are read\.$/);

  // The layout of the large one may still be going on: the others wait until it is given up.
  await choose(page, 'whole');
  await expect
    .poll(() => page.locator('.chart .name').textContent(), { timeout: 50_000 })
    .toBe('stone');
  expect(await page.locator('#totals').textContent()).toMatch(/ · [23] shortened/);
}, 120_000);

it('shows actors whose parents are their own descendants, and a hundred above each other', async () => {
  const inspector = await inspecting();
  const producer = await producing(inspector.producerUrl);
  producer.send(frames.actor('one', { parentId: 'other' }));
  producer.send(frames.actor('other', { parentId: 'one' }));
  producer.send(frames.actor('self', { parentId: 'self' }));
  for (let i = 0; i < 100; i++) producer.send(frames.actor(`p${i}`, { parentId: `p${i - 1}` }));
  const page = await open(browser(), inspector);
  await expect.poll(() => page.locator('#shown').textContent()).toBe('103');
  await page.locator('#filter').fill('one');
  await expect.poll(() => page.locator('#list .row .name').allTextContents()).toEqual(['one']);
  await page.locator('#filter').fill('p99');
  await expect.poll(() => page.locator('#list .row .name').allTextContents()).toEqual(['p99']);
});
