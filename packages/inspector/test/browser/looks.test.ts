import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { useChromium } from '../../../../test/support/chromium.js';
import { litStates, open } from '../support/open.js';
import { inspecting, producing } from '../support/peers.js';
import { type Scene, scenes } from '../support/scenes.js';

const browser = useChromium();

async function drawn(scene: Scene, viewport = { width: 1440, height: 900 }): Promise<Page> {
  const inspector = await inspecting();
  const producer = await producing(inspector.producerUrl);
  scene.play((frame) => producer.send(frame));
  const page = await open(browser(), inspector, { viewport, reducedMotion: 'reduce' });
  await expect.poll(() => litStates(page)).toContain(scene.active);
  return page;
}

const isInView = (page: Page, path: string) =>
  page.evaluate((state) => {
    const chart = document.getElementById('chart')?.getBoundingClientRect();
    const box = document
      .querySelector(`.state[data-path="${state}"] .box`)
      ?.getBoundingClientRect();
    if (!chart || !box) return false;
    return (
      box.top >= chart.top - 1 &&
      box.bottom <= chart.bottom + 1 &&
      box.left < chart.right &&
      box.right > chart.left
    );
  }, path);

/** Texts that an arrow runs through, and what the dots of initial states are cut by. */
const flaws = (page: Page) =>
  page.evaluate(() => {
    const texts = [
      ...document.querySelectorAll<SVGTextElement>('.chart .state text, .chart .row text'),
    ]
      .filter((text) => text.textContent !== '' && !text.classList.contains('count'))
      .map((text) => ({ said: text.textContent, box: text.getBoundingClientRect() }));
    const crossed = new Set<string | null>();
    const svg = document.querySelector<SVGSVGElement>('.chart') as SVGSVGElement;
    const { left, top, width } = svg.getBoundingClientRect();
    const factor = width / svg.viewBox.baseVal.width;
    for (const arrow of document.querySelectorAll('.chart .arrow')) {
      const numbers = (arrow.getAttribute('d') ?? '').match(/-?[\d.]+/g)?.map(Number) ?? [];
      for (let i = 0; i + 3 < numbers.length; i += 2) {
        const [x1 = 0, y1 = 0, x2 = 0, y2 = 0] = numbers.slice(i, i + 4);
        for (const { said, box } of texts) {
          const isApart =
            left + Math.max(x1, x2) * factor < box.left ||
            left + Math.min(x1, x2) * factor > box.right ||
            top + Math.max(y1, y2) * factor < box.top + 2 ||
            top + Math.min(y1, y2) * factor > box.bottom - 2;
          if (!isApart) crossed.add(said);
        }
      }
    }
    const whole = svg.getBoundingClientRect();
    const cutDots = [...document.querySelectorAll('.chart circle.start')].filter((dot) => {
      const box = dot.getBoundingClientRect();
      return box.left < whole.left || box.top < whole.top || box.right > whole.right;
    }).length;
    return { crossed: [...crossed], cutDots };
  });

it.each(Object.entries(scenes))(
  '%s: the active state is in view, no arrow runs through a text, no dot is cut, one begins to read at the initial state',
  async (_name, scene) => {
    const page = await drawn(scene);
    await expect.poll(() => isInView(page, scene.active)).toBe(true);
    expect(await flaws(page)).toEqual({ crossed: [], cutDots: 0 });
    const top = (path: string) =>
      page
        .locator(`.chart .state[data-path="${path}"] > .box`)
        .evaluate((box) => box.getBoundingClientRect().top);
    const parent = scene.initial.split('.').slice(0, -1).join('.');
    const siblings = await page
      .locator('.chart .state')
      .evaluateAll(
        (groups, inside) =>
          groups
            .map((group) => group.getAttribute('data-path') ?? '')
            .filter((path) => path !== '' && path.split('.').slice(0, -1).join('.') === inside),
        parent,
      );
    const tops = await Promise.all(siblings.map(top));
    expect(Math.min(...tops)).toBeGreaterThanOrEqual((await top(scene.initial)) - 1);
  },
);

it('after Fit the texts of our own chart have at least 11 pixels, and Brief shows more of it', async () => {
  const page = await drawn(scenes.link);
  const least = () =>
    page.evaluate(() => {
      const chart = document.querySelector<SVGSVGElement>('.chart') as SVGSVGElement;
      const factor = chart.getBoundingClientRect().width / chart.viewBox.baseVal.width;
      const sizes = [...chart.querySelectorAll('text')].map((text) =>
        Number.parseFloat(getComputedStyle(text).fontSize),
      );
      return Math.min(...sizes) * factor;
    });
  const area = () =>
    page.evaluate(() => {
      const chart = document.querySelector('.chart') as Element;
      const { width, height } = chart.getBoundingClientRect();
      return width * height;
    });
  await page.click('#smaller');
  expect(await least()).toBeLessThan(11);
  await page.click('#fit');
  expect(await least()).toBeGreaterThanOrEqual(11);
  const full = await area();
  await page.click('#brief');
  await expect.poll(() => page.locator('.chart .row').count()).toBe(0);
  await expect.poll(() => litStates(page)).toContain('waiting.delaying');
  expect(await area()).toBeLessThan(full / 4);
  expect(await page.locator('.chart .arrow.last').count()).toBeGreaterThan(0);
});

it('regions stand in rows below each other', async () => {
  const page = await drawn(scenes.plant);
  const places = await page
    .locator('.chart .state.compound > .box')
    .evaluateAll((boxes) => boxes.map((box) => Math.round(box.getBoundingClientRect().top)));
  expect(places).toHaveLength(7);
  expect(new Set(places).size).toBe(4);
});

it.each([1440, 390])(
  'at %i pixels nothing lies over the heading, the timers or the chart',
  async (width) => {
    const page = await drawn(scenes.link, { width, height: 844 });
    await page.locator('.timer').first().waitFor();
    for (const id of ['name', 'now', 'timers', 'tools']) {
      const isOwn = await page.locator(`#${id}`).evaluate((element) => {
        element.scrollIntoView({ block: 'center' });
        const { left, top, width: wide, height } = element.getBoundingClientRect();
        const chart = document.getElementById('chart')?.getBoundingClientRect() as DOMRect;
        const there = document.elementFromPoint(left + Math.min(wide / 2, 60), top + height / 2);
        return element.contains(there) && top + height <= chart.top + 1;
      });
      expect([id, isOwn]).toEqual([id, true]);
    }
  },
);
