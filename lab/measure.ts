import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { launchChromium } from '../test/support/launchChromium.js';
import { benchPresets } from './model/presets.js';
import { hashOf } from './model/settings.js';

/** How much faster than real time storms of 10 000 actors run in Chromium: each three times, the best of them. */
export async function measure(html: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'schmoozer-lab-'));
  const file = join(folder, 'index.html');
  writeFileSync(file, html);
  const browser = await launchChromium();
  try {
    console.log(
      `${cpus().length} cores, load ${loadavg()[0]?.toFixed(1)}, Chromium ${browser.version()}`,
    );
    for (const { name, settings } of benchPresets.filter((it) => it.settings.are === 'actors')) {
      const runs: { virtualMs: number; realMs: number; preparedMs: number }[] = [];
      for (let i = 0; i < 3; i++) {
        const page = await browser.newPage();
        await page.goto(`${pathToFileURL(file).href}#${hashOf(settings)}`);
        const speed = page.locator('#speed[data-real]');
        await speed.waitFor({ timeout: 300_000 });
        runs.push(
          JSON.parse((await speed.getAttribute('data-real')) ?? '') as (typeof runs)[number],
        );
        await page.close();
      }
      const best = runs.reduce((a, b) => (a.realMs < b.realMs ? a : b));
      const { virtualMs, realMs, preparedMs } = best;
      console.log(
        `${name}: ${(virtualMs / realMs).toFixed(0)} times real time (${(virtualMs / 1000).toFixed(1)} s in ${(realMs / 1000).toFixed(2)} s; ` +
          `${(preparedMs / 1000).toFixed(2)} s before it begins)`,
      );
    }
  } finally {
    await browser.close();
    rmSync(folder, { recursive: true });
  }
}
