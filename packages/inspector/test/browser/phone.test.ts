import { createWebSocketInspector } from '@statelyai/inspect';
import { constantBackoff, createReconnectActor } from 'schmoozer';
import { expect, it, onTestFinished } from 'vitest';
import { useChromium } from '../../../../test/support/chromium.js';
import { litStates, open } from '../support/open.js';
import { inspecting } from '../support/peers.js';

const browser = useChromium();

async function failing() {
  const inspector = await inspecting();
  const { inspect, stop } = createWebSocketInspector({ url: inspector.producerUrl });
  const actor = createReconnectActor(
    { connect: () => Promise.reject(new Error('refused')), run: () => Promise.reject(new Error()) },
    {
      inspect,
      id: 'a-link-with-quite-a-long-name-that-goes-on-and-on',
      backoff: constantBackoff(60_000),
    },
  );
  onTestFinished(() => {
    actor.stop();
    stop();
  });
  actor.start();
  return inspector;
}

it.each([390, 320])(
  'at %i pixels nothing is wider than the page, and the active state is in view',
  async (width) => {
    const page = await open(browser(), await failing(), {
      viewport: { width, height: 844 },
      hasTouch: true,
    });
    await expect.poll(() => litStates(page)).toEqual(['waiting', 'waiting.delaying']);
    for (const tab of ['#tab-sequence', '#tab-chart']) {
      await page.click(tab);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
    }
    const isInView = () =>
      page.evaluate(() => {
        const chart = document.getElementById('chart')?.getBoundingClientRect();
        const state = document
          .querySelector('.state[data-path="waiting.delaying"] .box')
          ?.getBoundingClientRect();
        if (!chart || !state) return false;
        return (
          state.top >= chart.top - 1 &&
          state.bottom <= chart.bottom + 1 &&
          state.left < chart.right &&
          state.right > chart.left
        );
      });
    await expect.poll(isInView).toBe(true);
    // No text of the page is smaller than 12 pixels; the chart scales, but stays readable.
    const sizes = await page.evaluate(() => {
      const factor =
        (document.querySelector('.chart')?.getBoundingClientRect().width ?? 0) /
        (document.querySelector<SVGSVGElement>('.chart')?.viewBox.baseVal.width ?? 1);
      const texts = [...document.querySelectorAll('body :not(svg *, script, option)')].filter(
        (element) =>
          [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent?.trim()),
      );
      return {
        chart: 12 * factor,
        least: Math.min(...texts.map((text) => Number.parseFloat(getComputedStyle(text).fontSize))),
      };
    });
    expect(sizes.chart).toBeGreaterThan(10);
    expect(sizes.least).toBeGreaterThanOrEqual(12);
  },
);

it('light and dark follow the system until the reader decides; texts have contrast in both', async () => {
  const page = await open(browser(), await failing(), { colorScheme: 'dark' });
  await expect.poll(() => litStates(page)).toEqual(['waiting', 'waiting.delaying']);
  const paper = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const dark = await paper();
  await page.emulateMedia({ colorScheme: 'light' });
  const light = await paper();
  expect(light).not.toBe(dark);
  await page.click('#theme'); // light
  await page.click('#theme'); // dark
  expect(await paper()).toBe(dark);
  await page.reload();
  expect(await paper()).toBe(dark);

  for (const theme of ['dark', 'light']) {
    await page.evaluate((chosen) => (document.documentElement.dataset['theme'] = chosen), theme);
    const ratios = await page.evaluate(() => {
      const style = getComputedStyle(document.documentElement);
      const canvas = document.createElement('canvas').getContext('2d') as CanvasRenderingContext2D;
      const luminance = (name: string) => {
        canvas.fillStyle = style.getPropertyValue(name);
        canvas.fillRect(0, 0, 1, 1);
        const [r = 0, g = 0, b = 0] = [...canvas.getImageData(0, 0, 1, 1).data].map((value) => {
          const part = value / 255;
          return part <= 0.040_45 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
        });
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
      };
      const pairs = [
        ['--ink', '--card'],
        ['--soft', '--card'],
        ['--quiet', '--card'],
        ['--quiet', '--paper'],
        ['--quiet', '--sunk'],
        ['--accent', '--card'],
        ['--accent', '--accent-soft'],
        ['--quiet', '--accent-soft'],
        ['--soft', '--accent-soft'],
        ['--bad', '--bad-soft'],
        ['--flash-ink', '--card'],
        ['--flash-ink', '--flash-soft'],
      ] as const;
      return pairs.map(([text, ground]) => {
        const [a, b] = [luminance(text), luminance(ground)];
        return { text, ground, ratio: (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05) };
      });
    });
    expect(ratios.filter(({ ratio }) => ratio < 4.5)).toEqual([]);
  }
});
