// The page, and its server, which Enter kills and starts again: npm run example:react
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { createServer } from 'vite';
import { WebSocketServer } from 'ws';
import { schmoozer } from '../../vitest.alias.js';

const HOST = '127.0.0.1';
const FEED_PORT = 8787;

let feed: WebSocketServer | undefined;

async function startFeed(): Promise<void> {
  const server = new WebSocketServer({ host: HOST, port: FEED_PORT });
  server.on('connection', (socket) => socket.on('message', () => socket.send('pong')));
  await once(server, 'listening');
  feed = server;
}

async function killFeed(server: WebSocketServer): Promise<void> {
  feed = undefined;
  for (const socket of server.clients) socket.terminate();
  await new Promise((resolve) => server.close(resolve));
}

await startFeed();
let tick = 0;
const ticking = setInterval(() => {
  tick += 1;
  for (const socket of feed?.clients ?? []) socket.send(`tick ${tick}`);
}, 1000);

const pages = await createServer({
  root: new URL('.', import.meta.url).pathname,
  configFile: false,
  resolve: { alias: schmoozer },
  server: { host: HOST },
});
await pages.listen();
pages.printUrls();
console.log('  Enter kills the feed, and starts it again. Ctrl-D ends.');

for await (const _ of createInterface({ input: process.stdin })) {
  if (feed === undefined) await startFeed();
  else await killFeed(feed);
  console.log(feed === undefined ? '  The feed is dead.' : '  The feed is back.');
}
clearInterval(ticking);
if (feed !== undefined) await killFeed(feed);
await pages.close();
