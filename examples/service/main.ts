// A service that uses three servers: tsx examples/service/main.ts localhost:7000 ws://localhost:8080 http://localhost:8081 3000
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createLinkLogger } from 'schmoozer/log';
import { connectAll } from './links.js';

const [orders = '', prices = '', news = '', port = '3000'] = process.argv.slice(2);
const log = (level: string, message: string, fields: object = {}) =>
  console.error(JSON.stringify({ level, message, ...fields }));

const latest: Record<string, string> = {};
const group = connectAll({ orders, prices, news }, (link, text) => (latest[link] = text));
createLinkLogger(group, { log, name: 'links' });

let isStopping = false;
const server = createServer(({ url }, response) => {
  const answer = (status: number, body: unknown) =>
    response
      .writeHead(status, {
        'content-type': 'application/json',
        ...(isStopping && { connection: 'close' }),
      })
      .end(JSON.stringify(body));
  // The process works: restarting it because a server is down would not help.
  if (url === '/livez') return answer(200, { status: 'up' });
  if (url === '/readyz') {
    const health = group.health();
    return answer(health.status === 'up' && !isStopping ? 200 : 503, { ...health, isStopping });
  }
  return url === '/' ? answer(200, latest) : answer(404, { error: 'not found' });
});
await once(server.listen(Number(port), '127.0.0.1'), 'listening');
log('info', 'listening', { port: (server.address() as AddressInfo).port });

process.once('SIGTERM', () => {
  isStopping = true; // from now on load balancers send their requests elsewhere
  log('info', 'stopping');
  // First the running requests, which may need the links; then the links, the last one first.
  const cut = setTimeout(() => server.closeAllConnections(), 5000);
  server.close(() => {
    clearTimeout(cut);
    void group.stop({ order: 'reverse', deadlineMs: 5000, reason: 'SIGTERM' }).then(({ late }) => {
      log('info', 'stopped', { late });
      process.exitCode = late.length === 0 ? 0 : 1;
    });
  });
});
