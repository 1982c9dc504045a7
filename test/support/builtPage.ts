import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { build } from 'vite';
import { schmoozer } from '../../vitest.alias.js';
import { root } from './documents.js';

const TYPES: Record<string, string> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
};

export interface BuiltPage {
  readonly url: string;
  close(): Promise<void>;
}

/** Builds a page into a folder of its own, and serves it on 127.0.0.1. */
export async function buildPage(path: string): Promise<BuiltPage> {
  const outDir = await mkdtemp(join(tmpdir(), 'schmoozer-page-'));
  await build({
    root: join(root, path),
    configFile: false,
    logLevel: 'error',
    resolve: { alias: schmoozer },
    // React's strict mode does nothing in a production build.
    define: { 'process.env.NODE_ENV': '"development"' },
    build: { outDir, minify: false },
  });
  const server = createServer(({ url = '/' }, response) => {
    const { pathname } = new URL(url, 'http://localhost');
    const file = pathname === '/' ? '/index.html' : pathname;
    try {
      const content = readFileSync(join(outDir, file));
      response.writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'text/plain' });
      response.end(content);
    } catch {
      response.writeHead(404).end();
    }
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await rm(outDir, { recursive: true, force: true });
    },
  };
}
