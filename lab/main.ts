// `npm run lab`: builds the page, and serves it on loopback or writes it to a folder.
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { buildLab } from './build.js';
import { measure } from './measure.js';

const { values } = parseArgs({
  options: {
    build: { type: 'string' },
    measure: { type: 'boolean' },
    port: { type: 'string', default: '0' },
  },
});

const html = await buildLab();
if (values.build !== undefined) {
  const file = resolve(values.build, 'index.html');
  mkdirSync(values.build, { recursive: true });
  writeFileSync(file, html);
  console.log(file);
} else if (values.measure === true) {
  await measure(html);
} else {
  const server = createServer((_, response) => {
    response.setHeader('content-type', 'text/html; charset=utf-8').end(html);
  });
  server.listen(Number(values.port), '127.0.0.1', () => {
    console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  });
}
