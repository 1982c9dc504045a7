import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const PATHS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

// Without these, a browser of Debian's looks for hosts of its maker at every start.
const QUIET = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

// What Playwright switches off for the sake of its tests.
const NOT_FOR_PEOPLE = [
  '--disable-back-forward-cache',
  '--disable-background-timer-throttling',
  '--disable-backgrounding-occluded-windows',
  '--disable-renderer-backgrounding',
];

/** The browser that is installed, or the one that `CHROMIUM_PATH` names. */
function executable(): string {
  const path = process.env['CHROMIUM_PATH'] ?? PATHS.find((candidate) => existsSync(candidate));
  if (path === undefined) {
    throw new Error('no Chromium: install Debian’s package `chromium`, or set CHROMIUM_PATH');
  }
  return path;
}

/** Headless and quiet; pages that are hidden or left are treated as people's are. */
export function launchChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath: executable(),
    args: QUIET,
    ignoreDefaultArgs: NOT_FOR_PEOPLE,
  });
}
