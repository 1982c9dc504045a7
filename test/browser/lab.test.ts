import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { statePaths } from '../../src/machine/vocabulary.js';
import { buildLab } from '../../lab/build.js';
import { benchPresets } from '../../lab/model/presets.js';
import { hashOf, type Settings, settingsOf } from '../../lab/model/settings.js';
import { type Frame, simulate } from '../../lab/model/simulate.js';
import { useChromium } from '../support/chromium.js';

const DEADLINE_MS = 50_000;

const browser = useChromium();
const folder = mkdtempSync(join(tmpdir(), 'schmoozer-lab-'));
const file = join(folder, 'index.html');
let page: Page | undefined;
let problems: string[] = [];

beforeAll(async () => writeFileSync(file, await buildLab()));
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(async () => {
  await page?.close();
  page = undefined;
  if (problems.length > 0) throw new Error(problems.join('\n'));
});

/** The page from disk; what it logs, throws or asks of a host is a problem. */
async function open(hash: string, options: BrowserContextOptions = {}): Promise<Page> {
  problems = [];
  page = await browser().newPage(options);
  page.setDefaultTimeout(DEADLINE_MS);
  page.on('pageerror', ({ message }) => problems.push(message));
  page.on('console', (message) => problems.push(message.text()));
  page.on('request', (request) => {
    const url = request.url();
    if (!/^(blob|data):/.test(url) && !url.startsWith(pathToFileURL(folder).href)) {
      problems.push(`a request to ${url}`);
    }
  });
  await page.goto(`${pathToFileURL(file).href}#${hash}`);
  await over(page);
  return page;
}

const over = (tab: Page) => tab.locator('html[data-storm=over]').waitFor({ state: 'attached' });

async function framesOf(settings: Settings) {
  const simulation = await simulate(settings);
  const frames: Frame[] = [];
  for await (const frame of simulation.frames()) frames.push(frame);
  const { curves: _, ...figures } = simulation.figures;
  return { frames, figures };
}

const figuresIn = async (tab: Page) =>
  JSON.parse((await tab.locator('#figures').getAttribute('data-figures')) ?? '') as unknown;

/** The counts in the drawn chart, in the order of `statePaths`. */
const countsIn = (tab: Page) =>
  tab.locator('#statechart [data-path]').evaluateAll(
    (texts, paths) =>
      paths.map((path) => {
        const text = texts.find((each) => (each as SVGElement).dataset['path'] === path);
        return Number(text?.textContent.replaceAll('\u202f', ''));
      }),
    [...statePaths],
  );

/** Moves the slider of time, as a pointer does. */
async function seek(tab: Page, ms: number): Promise<void> {
  await tab.getByLabel('Time').fill(String(ms));
  await tab
    .locator('#now')
    .getByText(`${(ms / 1000).toFixed(1)} s`, { exact: true })
    .waitFor();
}

describe('the lab, opened from disk', () => {
  it.each([
    'clients=600',
    'clients=600&limiter=true&processes=10&budget=true',
    'clients=600&backoff=grpc',
  ])('draws what the model says at each moment: %s', async (hash) => {
    const { frames, figures } = await framesOf(settingsOf(hash));
    const tab = await open(hash);
    expect(await figuresIn(tab)).toEqual(figures);
    expect(await tab.locator('#allBack').textContent()).toBe(
      `${(figures.allBackMs / 1000).toFixed(1)} s`,
    );
    for (const frame of [0, 3, 25, Math.floor(frames.length / 2), frames.length - 1]) {
      await seek(tab, frame * 100);
      expect(await countsIn(tab)).toEqual(frames[frame]?.states);
      const moment = await tab.locator('#moment').textContent();
      expect(moment).toContain(`: ${frames[frame]?.attempts} attempts`);
    }
  });

  it('plays a preset of the benchmarks, which stands in the address and is remembered there', async () => {
    const tab = await open('clients=300');
    await tab.getByLabel('Storm', { exact: true }).selectOption({ label: 'partysocket' });
    await over(tab);
    const { settings } = benchPresets.find(
      ({ name }) => name === 'partysocket',
    ) as (typeof benchPresets)[number];
    expect(new URL(tab.url()).hash).toBe(`#${hashOf(settings)}`);
    await tab.locator('#allBack').getByText('1989.1 s').waitFor();
    await tab.reload();
    await over(tab);
    expect(await tab.getByLabel('Storm', { exact: true }).inputValue()).toBe('partysocket');

    await tab.getByLabel('Speed of the playback').selectOption('100');
    await tab.getByRole('button', { name: 'Play' }).click();
    await tab.getByRole('button', { name: 'Pause' }).waitFor();
    await tab.waitForFunction(() => {
      const text = document.querySelector('#now')?.textContent ?? '';
      return Number.parseFloat(text) > 20 && Number.parseFloat(text) < 1900;
    });
    await tab.getByRole('button', { name: 'Pause' }).click();
    await tab.getByRole('button', { name: 'Play' }).waitFor();
  });

  it('has a server that is dragged: its capacity, and when it is back', async () => {
    const tab = await open('clients=400');
    const drag = async (handle: string, byX: number, byY: number) => {
      const box = await tab.locator(handle).boundingBox();
      if (box === null) throw new Error(`${handle} is not there`);
      // The level is as wide as the chart, and edges lie over it elsewhere.
      const [x, y] = [box.x + box.width - 9, box.y + box.height / 2];
      await tab.mouse.move(x, y);
      await tab.mouse.down();
      await tab.mouse.move(x + byX, y + byY, { steps: 4 });
      await tab.mouse.up();
    };
    const told = () => settingsOf(new URL(tab.url()).hash);
    const before = await figuresIn(tab);
    await drag('.handle.level', 0, 60);
    await expect.poll(() => told().capacity).toBeLessThan(300);
    await drag('.handle.edge:nth-of-type(3)', 60, 0);
    await expect.poll(() => told().outage).toBeGreaterThan(3);
    const { figures } = await framesOf(told());
    await expect.poll(() => figuresIn(tab)).toEqual(figures);
    expect(figures).not.toEqual(before);
    await expect
      .poll(() => tab.getByLabel('Capacity').getAttribute('aria-valuetext'))
      .toBe(`${told().capacity} a second`);
  });

  it('obeys a keyboard', async () => {
    const tab = await open('clients=200');
    await tab.getByLabel('Capacity').press('ArrowRight');
    await expect.poll(() => settingsOf(new URL(tab.url()).hash).capacity).toBe(550);
    await tab.getByLabel('A limiter in each process').press('Space');
    await expect.poll(() => settingsOf(new URL(tab.url()).hash).limiter).toBe(true);
    await tab.getByLabel('Processes').press('ArrowRight');
    await expect.poll(() => settingsOf(new URL(tab.url()).hash).processes).toBe(2);
    const { figures } = await framesOf(settingsOf(new URL(tab.url()).hash));
    await expect.poll(() => figuresIn(tab)).toEqual(figures);
    await tab.getByLabel('Time').press('Home');
    await tab.locator('#now').getByText('0.0 s').waitFor();
    await tab.getByLabel('Time').press('ArrowRight');
    await tab.locator('#now').getByText('0.1 s').waitFor();
  });

  it('stays free while it computes: a later setting takes the place of an earlier one', async () => {
    const tab = await open('clients=100');
    await tab.evaluate(() => (location.hash = 'clients=20000'));
    await tab.locator('html[data-storm=running]').waitFor({ state: 'attached' });
    await tab.evaluate(() => (location.hash = 'clients=500'));
    const { figures } = await framesOf(settingsOf('clients=500'));
    await expect.poll(() => figuresIn(tab)).toEqual(figures);
  });

  it('has labels for all that can be set', async () => {
    const tab = await open('clients=100');
    const nameless = await tab.locator('input, select, button, canvas').evaluateAll((elements) =>
      elements
        .filter((element) => {
          const { labels } = element as HTMLInputElement;
          return !labels?.length && !element.getAttribute('aria-label') && !element.textContent;
        })
        .map(({ outerHTML }) => outerHTML),
    );
    expect(nameless).toEqual([]);
  });
});

describe.each(['light', 'dark'] as const)('the lab in %s', (colorScheme) => {
  it.each([360, 1280])(
    'has text that can be read, and no overflow, at a width of %d',
    async (width) => {
      const tab = await open('clients=200', { colorScheme, viewport: { width, height: 800 } });
      expect(await tab.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(
        width,
      );
      const contrasts = await tab.evaluate(() => {
        const channels = (css: string) => {
          const context = document.createElement('canvas').getContext('2d');
          if (context === null) throw new Error('no canvas');
          context.fillStyle = css;
          context.fillRect(0, 0, 1, 1);
          return [...context.getImageData(0, 0, 1, 1).data].slice(0, 3);
        };
        const luminance = (css: string) => {
          const [r = 0, g = 0, b = 0] = channels(css).map((value) => {
            const part = value / 255;
            return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
          });
          return 0.2126 * r + 0.7152 * g + 0.0722 * b;
        };
        const ratio = (a: string, b: string) => {
          const [x, y] = [luminance(a), luminance(b)].toSorted((one, other) => other - one);
          return ((x as number) + 0.05) / ((y as number) + 0.05);
        };
        const style = (selector: string) =>
          getComputedStyle(document.querySelector(selector) as Element);
        const card = style('figure').backgroundColor;
        const paper = style('body').backgroundColor;
        return {
          'on paper': ratio(style('h1').color, paper),
          intro: ratio(style('header p').color, paper),
          figures: ratio(style('dt').color, card),
          keys: ratio(style('.key').color, card),
          words: ratio(style('.statechart .words').fill, card),
        };
      });
      for (const [what, contrast] of Object.entries(contrasts)) {
        expect(contrast, what).toBeGreaterThanOrEqual(4.5);
      }
      const isDark = await tab.evaluate(
        () => getComputedStyle(document.body).backgroundColor === 'rgb(18, 21, 26)',
      );
      expect(isDark).toBe(colorScheme === 'dark');
    },
  );
});
