import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import { dirname, extname, join, normalize, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const require = createRequire(import.meta.url);

// From src/server and from dist/server the way is the same.
const page = folder('../../page/');
const dist = folder('../../dist/');

/** What is served, and from where; nothing else is. */
const roots: readonly (readonly [prefix: string, folder: string])[] = [
  ['/code/', dist],
  ['/elk/', dirname(require.resolve('elkjs/lib/elk-api.js'))],
  ['/', page],
];

const types: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** The page's import map is the only inline script; its hash lets it in. */
const importMap = /<script type="importmap">([^]*?)<\/script>/.exec(
  readFileSync(join(page, 'index.html'), 'utf8'),
)?.[1];
const importMapHash = createHash('sha256')
  .update(importMap ?? '')
  .digest('base64');

/** Nothing leaves this machine: the browser itself refuses every other host. */
const policy = [
  "default-src 'none'",
  `script-src 'self' 'sha256-${importMapHash}'`,
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "worker-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

export const headers: Readonly<Record<string, string>> = {
  'content-security-policy': policy,
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
};

/** Code and style of the page: they hold no secret, so they need no token. */
export async function sendFile(response: ServerResponse, path: string): Promise<void> {
  const file = fileOf(path);
  const type = file && types[extname(file)];
  const content =
    type === undefined ? undefined : await readFile(file ?? '').catch(() => undefined);
  if (content === undefined) {
    response.writeHead(404, headers).end('not found\n');
    return;
  }
  response.writeHead(200, { ...headers, 'content-type': type }).end(content);
}

function fileOf(path: string): string | undefined {
  const [prefix, root] = roots.find(([start]) => path.startsWith(start)) ?? [];
  if (prefix === undefined || root === undefined) return undefined;
  const base = normalize(root + sep);
  const file = join(base, path.slice(prefix.length));
  return file.startsWith(base) ? file : undefined;
}
