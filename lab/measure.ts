import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser } from 'playwright-core';
import { launchChromium } from '../test/support/launchChromium.js';
import { benchPresets } from './model/presets.js';
import { hashOf } from './model/settings.js';

const MEASURED = ['schmoozer', 'schmoozer1', 'schmoozerBudget100'];
const ROUNDS = 3;
const DEADLINE_MS = 300_000;

interface Run {
  readonly virtualMs: number;
  readonly realMs: number;
  readonly preparedMs: number;
  /** Of the page's process, all it does: the clients, the storm, the drawing. */
  readonly cpuMs: number;
}

/** How much faster than real time storms of 10 000 actors run in Chromium: of some runs the best. */
export async function measure(html: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'schmoozer-lab-'));
  const file = join(folder, 'index.html');
  writeFileSync(file, html);
  const browser = await launchChromium();
  try {
    const load = loadavg()[0]?.toFixed(1);
    console.log(`${cpus().length} cores, load ${load}, Chromium ${browser.version()}`);
    for (const { name, settings } of benchPresets.filter((it) => MEASURED.includes(it.name))) {
      const url = `${pathToFileURL(file).href}#${hashOf(settings)}`;
      const runs: Run[] = [];
      for (let i = 0; i < ROUNDS; i++) runs.push(await runOf(browser, url));
      const { virtualMs, realMs, preparedMs } = least(runs, 'realMs');
      const { cpuMs } = least(runs, 'cpuMs');
      const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;
      console.log(
        `${name}: ${(virtualMs / realMs).toFixed(0)} times real time: ${seconds(virtualMs)} in ${seconds(realMs)}, after ${seconds(preparedMs)} to make the actors; ` +
          `CPU of all that and of the page: ${seconds(cpuMs)}, ${(virtualMs / cpuMs).toFixed(0)} times`,
      );
    }
  } finally {
    await browser.close();
    rmSync(folder, { recursive: true });
  }
}

function least(runs: readonly Run[], metric: 'realMs' | 'cpuMs'): Run {
  return runs.reduce((a, b) => (a[metric] <= b[metric] ? a : b));
}

async function runOf(browser: Browser, url: string): Promise<Run> {
  const session = await browser.newBrowserCDPSession();
  const cpuMs = async () => {
    const { processInfo } = await session.send('SystemInfo.getProcessInfo');
    const pages = processInfo.filter(({ type }) => type === 'renderer');
    return pages.reduce((sum, { cpuTime }) => sum + cpuTime * 1000, 0);
  };
  const page = await browser.newPage();
  await page.goto('about:blank');
  const before = await cpuMs();
  await page.goto(url);
  const speed = page.locator('#speed[data-real]');
  await speed.waitFor({ timeout: DEADLINE_MS });
  const real = (await speed.getAttribute('data-real')) ?? '';
  const after = await cpuMs();
  await page.close();
  await session.detach();
  return { ...(JSON.parse(real) as Omit<Run, 'cpuMs'>), cpuMs: after - before };
}
