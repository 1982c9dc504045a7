import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseHTML } from 'linkedom';
import type { BrowserContextOptions, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { hasLab } from '../../scripts/site/lab.js';
import { useChromium } from '../support/chromium.js';
import { root } from '../support/documents.js';

const browser = useChromium();
const folder = mkdtempSync(join(tmpdir(), 'schmoozer-site-'));
const top = pathToFileURL(`${folder}/`).href;
let files: string[] = [];
let pages: string[] = [];

beforeAll(() => {
  execFileSync(join(root, 'node_modules/.bin/tsx'), ['scripts/site.ts', folder], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) =>
    statSync(join(folder, file)).isFile(),
  );
  pages = files.filter((file) => file.endsWith('.html') && !file.startsWith('lab/'));
  // Against a hang: a build takes about half a minute.
}, 300_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the files of the site', () => {
  it('lead only to files, and to places in them, that are there', () => {
    const anchors = new Map<string, Set<string>>();
    const found = pages.flatMap((page) => addressesIn(page).map((address) => ({ page, address })));
    for (const page of pages) anchors.set(page, anchorsIn(page));
    const broken = found.filter(({ page, address }) => {
      if (address.startsWith('data:')) return false;
      if (address.startsWith('https:')) return !URL.canParse(address);
      // From the top, or of another scheme: neither is on a disk.
      if (/^(\/|[a-z]+:)/i.test(address)) return true;
      const target = new URL(address, new URL(page, top));
      const path = fileURLToPath(new URL(target.pathname, top));
      const file = relative(folder, path);
      if (!existsSync(path) || !statSync(path).isFile() || file.startsWith('..')) return true;
      return (
        target.hash !== '' && !anchors.get(file)?.has(decodeURIComponent(target.hash.slice(1)))
      );
    });
    expect(broken).toEqual([]);
    expect(pages.length).toBeGreaterThan(100);
    expect(found.length).toBeGreaterThan(5000);
  });

  it('hold style sheets that load nothing', () => {
    const sheets = files.filter((file) => file.endsWith('.css') && !file.startsWith('lab/'));
    const loaded = sheets.flatMap((sheet) => {
      const text = readFileSync(join(folder, sheet), 'utf8');
      return [...text.matchAll(/@import[^;]*|url\(\s*(?!["']?data:)[^)]*/g)].map(
        ([found]) => found,
      );
    });
    expect(loaded).toEqual([]);
    expect(sheets.length).toBeGreaterThan(0);
  });

  it('are all reached from the first page', () => {
    const reached = new Set(['index.html']);
    for (const page of reached) {
      for (const address of addressesIn(page)) {
        if (/^[a-z]+:/.test(address)) continue;
        const path = fileURLToPath(new URL(new URL(address, new URL(page, top)).pathname, top));
        if (path.endsWith('.html') && !path.includes('/lab/')) reached.add(relative(folder, path));
      }
    }
    expect(pages.filter((page) => !reached.has(page))).toEqual([]);
  });

  it('hold the pictures, whose colours follow the page', () => {
    const pictures = files.filter((file) => file.endsWith('.svg'));
    expect(pictures.length).toBeGreaterThanOrEqual(7);
    for (const file of pictures) {
      expect(readFileSync(join(folder, file), 'utf8')).toContain('prefers-color-scheme: dark');
    }
  });
});

describe('opened from disk', () => {
  it('every page is without errors, asks no host, and does not move sideways on a phone', async () => {
    const { page, asked } = await open('index.html', { viewport: { width: 390, height: 800 } });
    const wide: string[] = [];
    const left = [...pages];
    const visit = async (tab: Page) => {
      for (let file = left.pop(); file !== undefined; file = left.pop()) {
        await tab.goto(`${top}${file}`);
        const width = await tab.evaluate(() => document.documentElement.scrollWidth);
        if (width > 390) wide.push(`${file}: ${width}`);
      }
    };
    const tabs = [page, await page.context().newPage(), await page.context().newPage()];
    await Promise.all(tabs.map(visit));
    expect(wide).toEqual([]);
    expect(asked.size).toBeGreaterThan(pages.length);
    // Against a hang: it takes about ten seconds.
  }, 180_000);

  it('a search finds an option by a part of its name, and leads there', async () => {
    const { page } = await open('docs/decisions/index.html');
    await page.keyboard.press('/');
    await page.keyboard.type('graceperiod');
    const first = page.locator('.finder li').first();
    await expect.poll(() => first.textContent()).toContain('gracePeriodMs');
    expect(await page.locator('.finder mark').count()).toBeGreaterThan(0);
    const href = await first.locator('a').getAttribute('href');
    await page.keyboard.press('Enter');
    await page.waitForURL(href as string);
    expect(await page.textContent('main')).toContain('gracePeriodMs');
  });

  it('a search for what is nowhere says so, and an arrow goes through what is found', async () => {
    const { page } = await open('index.html');
    await page.click('.bar .search');
    await page.fill('.finder input', 'qqqqqqqqqq');
    await expect.poll(() => page.textContent('.finder p')).toBe('Nothing found.');
    await page.fill('.finder input', 'outbox file store');
    await page.locator('.finder li').nth(1).waitFor();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    const second = await page.locator('.finder li a').nth(1).getAttribute('href');
    await page.keyboard.press('Enter');
    await page.waitForURL(second as string);
  });

  it('the navigation leads on, and shows where one is', async () => {
    const { page } = await open('index.html');
    await follow(page, page.locator('.bar .parts a:has-text("Why")'));
    const current = page.locator('.sidebar [aria-current=page]').first();
    expect(await current.textContent()).toBe(await headingOf(page));
    await follow(page, page.locator('.pager [rel=next]'));
    expect(await current.textContent()).toBe(await headingOf(page));
    await page.goto(`${top}docs/decisions/0001-toolchain.html`);
    expect(await current.textContent()).toBe(await headingOf(page));
  });

  it('a phone has a menu for it', async () => {
    const { page } = await open('index.html', { viewport: { width: 390, height: 800 } });
    const link = page.locator('.sidebar a[href$="architecture.html"]');
    expect(await link.isVisible()).toBe(false);
    await page.click('.bar .menu');
    expect(await page.getAttribute('.bar .menu', 'aria-expanded')).toBe('true');
    await follow(page, link);
    expect(await headingOf(page)).toBe('Architecture');
    expect(await link.isVisible()).toBe(false);
  });

  it.each(['light', 'dark'] as const)(
    'what a reader of %s chooses is kept',
    async (colorScheme) => {
      const { page } = await open('docs/benchmarks.html', { colorScheme });
      // The pictures, too: their own rule for the dark follows this property.
      const scheme = () =>
        page.evaluate(() => {
          const picture = document.querySelector('main img') as Element;
          return getComputedStyle(picture).colorScheme === 'dark' ? 'dark' : 'light';
        });
      expect(await scheme()).toBe(colorScheme);
      await page.click('.bar .appearance');
      const chosen = colorScheme === 'dark' ? 'light' : 'dark';
      expect(await scheme()).toBe(chosen);
      await page.goto(`${top}docs/statechart.html`);
      expect(await scheme()).toBe(chosen);
    },
  );

  it('the lab, where there is one, is reached from the bar', async () => {
    const { page } = await open('index.html');
    const link = page.locator('.bar a[href="./lab/index.html"]');
    expect(await link.count()).toBe(hasLab() ? 1 : 0);
    if (!hasLab()) return;
    await follow(page, link);
    await page.locator('h1').waitFor();
    expect(page.url()).toBe(`${top}lab/index.html`);
  });

  it('code can be copied', async () => {
    const { page } = await open('docs/tcp.html');
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    const block = page.locator('.vp-doc div[class*=language-]').first();
    await block.hover();
    await block.locator('button.copy').click();
    await block.locator('button.copied').waitFor();
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    expect(copied).toBe(await block.locator('pre').textContent());
  });
});

/** A page on the disk. The test fails when it logs an error, or asks for what is on no disk. */
async function open(
  file: string,
  options: BrowserContextOptions = {},
): Promise<{ page: Page; asked: ReadonlySet<string> }> {
  const context = await browser().newContext({
    viewport: { width: 1400, height: 900 },
    ...options,
  });
  const problems: string[] = [];
  const asked = new Set<string>();
  context.on('request', (request) => {
    asked.add(request.url());
    // Of a page itself: a picture inside it, a worker.
    if (!request.url().startsWith(top) && !/^(data|blob):/.test(request.url())) {
      problems.push(`asked for ${request.url()}`);
    }
  });
  context.on('requestfailed', (request) => problems.push(`failed: ${request.url()}`));
  context.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') problems.push(message.text());
  });
  context.on('weberror', (error) => problems.push(error.error().message));
  onTestFinished(async () => {
    await context.close();
    expect(problems).toEqual([]);
  });
  const page = await context.newPage();
  await page.goto(`${top}${file}`);
  return { page, asked };
}

/** Clicks on a link, and waits for the page to which it leads. */
async function follow(page: Page, link: Locator): Promise<void> {
  const before = page.url();
  await link.click();
  await page.waitForURL(({ href }) => href !== before);
}

async function headingOf(page: Page): Promise<string> {
  return page.evaluate(() => {
    const heading = document.querySelector('main h1');
    return (heading?.textContent ?? '').replaceAll('\u200b', '').trim();
  });
}

/** Every address that a page has in an attribute. */
function addressesIn(page: string): string[] {
  const { document } = documentOf(page);
  return [...document.querySelectorAll('[href], [src]')].map((element) => {
    const address = (element.getAttribute('href') ?? element.getAttribute('src')) as string;
    // Another host is for a reader to go to, not for a page to load from.
    return element.tagName === 'A' ? address : address.replace(/^https?:/, 'loaded:');
  });
}

function anchorsIn(page: string): Set<string> {
  const { document } = documentOf(page);
  return new Set([...document.querySelectorAll('[id]')].map(({ id }) => id));
}

const parsed = new Map<string, ReturnType<typeof parseHTML>>();
function documentOf(page: string): ReturnType<typeof parseHTML> {
  const known = parsed.get(page) ?? parseHTML(readFileSync(join(folder, page), 'utf8'));
  parsed.set(page, known);
  return known;
}
