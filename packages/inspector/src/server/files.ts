import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const require = createRequire(import.meta.url);

// The relative path is the same from src/server and from dist/server.
const page = folder('../../page/');
const dist = folder('../../dist/');

/** The only files that are served, and their folders. */
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

/** The page's import map is the only inline script; its hash permits it. */
const importMap = /<script type="importmap">([^]*?)<\/script>/.exec(
  readFileSync(join(page, 'index.html'), 'utf8'),
)?.[1];
const importMapHash = createHash('sha256')
  .update(importMap ?? '')
  .digest('base64');

/** Nothing leaves this machine: the policy makes the browser refuse every other host. */
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

interface File {
  readonly type: string;
  readonly content: Buffer;
}

/** The files by their paths in an address: a requested path is looked up, never concatenated. */
const places = new Map(
  roots.flatMap(([prefix, root]) =>
    namesIn(root).map((name) => [prefix + name.replaceAll('\\', '/'), join(root, name)] as const),
  ),
);

/** Read once, so that a thousand unread answers share one copy. */
const files = new Map<string, File>();

/** Code and style of the page: they contain no secret, so they need no token. */
export function fileAt(path: string): File | undefined {
  const place = places.get(path);
  const type = place && types[extname(place)];
  if (place === undefined || type === undefined) return undefined;
  const known = files.get(path);
  if (known) return known;
  const content = contentOf(place);
  if (content === undefined) return undefined;
  const file = { type, content };
  files.set(path, file);
  return file;
}

function namesIn(root: string): string[] {
  const names = existsSync(root) ? readdirSync(root, { recursive: true, encoding: 'utf8' }) : [];
  return names.filter((name) => extname(name) in types);
}

/** Reads a file, which may have disappeared: packages may be rebuilt or updated while their programs run. */
function contentOf(place: string): Buffer | undefined {
  try {
    return readFileSync(place);
  } catch {
    return undefined;
  }
}
