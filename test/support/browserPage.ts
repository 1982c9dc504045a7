import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join, normalize } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { onTestFinished } from 'vitest';
import { root } from './documents.js';
import { listening } from './loopback.js';

const { browser: replaced } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  browser: Record<string, string>;
};
/** What a bundler puts in the place of what is for Node. */
const inBrowsers = Object.entries(replaced).map(
  ([path, other]) => `"${path.slice(1)}": "${other.slice(1)}"`,
);

const PAGE = `<!doctype html><meta charset="utf-8"><link rel="icon" href="data:," />
<script type="importmap">{ "imports": {
  ${inBrowsers.join(',\n  ')},
  "schmoozer": "/dist/index.js",
  "schmoozer/": "/dist/",
  "xstate": "/node_modules/xstate/dist/xstate.esm.js",
  "is-network-error": "/node_modules/is-network-error/index.js"
} }</script>
<script type="module">
  const entries = ['schmoozer', 'schmoozer/websocket.js', 'schmoozer/reconnecting-websocket.js'];
  globalThis.kit = Object.assign({}, ...await Promise.all(entries.map((entry) => import(entry))));
</script>`;

/** A page that has loaded the built package as it is, without a bundler, but for the field `browser`; its names are in `kit`. */
export async function pageWithPackage(browser: Browser): Promise<Page> {
  const server = createServer(({ url = '/' }, response) => {
    if (url === '/') return response.setHeader('content-type', 'text/html').end(PAGE);
    const path = normalize(url);
    if (!/^\/(dist|node_modules)\/[\w./-]+\.js$/.test(path)) return response.writeHead(404).end();
    return response
      .setHeader('content-type', 'text/javascript')
      .end(readFileSync(join(root, path)));
  });
  const url = `http://127.0.0.1:${await listening(server)}/`;
  const page = await browser.newPage();
  onTestFinished(() => page.close());
  const errors: unknown[] = [];
  page.on('pageerror', (error) => errors.push(error));
  await page.goto(url);
  await page
    .waitForFunction(() => 'kit' in globalThis)
    .catch((error: unknown) => {
      throw new AggregateError([error, ...errors], 'the package did not load');
    });
  onTestFinished(() => {
    if (errors.length > 0) throw new AggregateError(errors, 'the page has thrown');
  });
  return page;
}
