/** A process with links to a server of its own that is lost and comes back as it is told; it is scraped at `/metrics`. */
import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { register } from 'prom-client';
import { Continue, createReconnectActor } from 'schmoozer';
import { connectLimiter, fixedPace } from 'schmoozer/limiter';
import { tcpConnector } from 'schmoozer/tcp';
import { prometheusMetrics } from '../../src/index.js';

const LINKS = Number(process.argv[2]);
const PER_SECOND = Number(process.argv[3]);

prometheusMetrics();

async function listening(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

const sockets = new Set<Socket>();
const server = createServer((socket) => {
  sockets.add(socket);
  socket.on('error', () => {});
  socket.on('close', () => sockets.delete(socket));
});
const port = await listening(server);

const limiter = connectLimiter({ pace: fixedPace({ perSecond: PER_SECOND }) });
const target = { host: '127.0.0.1', port };
const links = Array.from({ length: LINKS }, () =>
  createReconnectActor(
    tcpConnector({
      target,
      run: (_socket, { signal }) =>
        new Promise<ReturnType<typeof Continue>>((resolve) => {
          signal.addEventListener('abort', () => resolve(Continue()), { once: true });
        }),
    }),
    { limiter, stableAfterMs: 1000 },
  ).start(),
);

const pages = createHttpServer((_request, response) => {
  void register.metrics().then((text) => {
    response.setHeader('content-type', register.contentType);
    response.end(text);
  });
});
const metricsPort = await listening(pages);

process.on('message', (order) => {
  if (order === 'lose') {
    server.close();
    for (const socket of sockets) socket.resetAndDestroy();
  } else if (order === 'restore') {
    server.listen(port, '127.0.0.1');
  } else {
    for (const link of links) link.send({ type: 'stop' });
    server.close();
    pages.close();
    pages.closeAllConnections();
    process.disconnect();
  }
});
process.send?.({ metricsPort });
