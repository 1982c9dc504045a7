import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll } from 'vitest';

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

/** The browser that is installed, or the one that `CHROMIUM_PATH` names. */
function executable(): string {
  const path = process.env['CHROMIUM_PATH'] ?? PATHS.find((candidate) => existsSync(candidate));
  if (path === undefined) {
    throw new Error('no Chromium: install Debian’s package `chromium`, or set CHROMIUM_PATH');
  }
  return path;
}

/** One headless browser for the tests of a file; ask for it inside a test. */
export function useChromium(): () => Browser {
  let browser: Browser | undefined;
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: executable(), args: QUIET });
  });
  afterAll(() => browser?.close());
  return () => {
    if (browser === undefined) throw new Error('the browser is launched before the first test');
    return browser;
  };
}
