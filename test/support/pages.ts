import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import { build, type Rollup } from 'vite';
import { schmoozer } from '../../vitest.alias.js';

/** The program of a page in one file, with everything it imports; the package's own names lead to its source. */
export async function bundle(entry: URL): Promise<string> {
  const result = (await build({
    configFile: false,
    logLevel: 'error',
    resolve: { alias: schmoozer },
    build: {
      write: false,
      minify: false,
      rollupOptions: { input: entry.pathname, output: { format: 'iife' } },
    },
  })) as Rollup.RollupOutput;
  return result.output[0].code;
}

/** Serves pages on loopback, each a program by its path; resolves to the port. */
export async function servePages(programs: Readonly<Record<string, string>>): Promise<number> {
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname;
    const program = programs[path.replace(/\.js$/, '')];
    if (program === undefined) {
      response.writeHead(404).end();
    } else if (path.endsWith('.js')) {
      response.writeHead(200, { 'content-type': 'text/javascript' }).end(program);
    } else {
      const page = `<!doctype html><title>${path}</title><body><script src="${path}.js"></script>`;
      response.writeHead(200, { 'content-type': 'text/html' }).end(page);
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}
