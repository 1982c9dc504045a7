import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { type Access, hasToken, isOwnHost, isOwnOrigin } from './access.js';
import { answer } from './answer.js';
import { parseFrame } from './frame.js';
import { History } from './history.js';
import { type InspectorOptions, settingsOf } from './options.js';
import { nextFreePort, PortInUseError } from './portInUse.js';
import { Viewer } from './viewer.js';

/** A running inspector. */
export interface Inspector {
  readonly port: number;
  /** The page, with its token. */
  readonly url: string;
  /** What an app connects to: the `url` of `createWebSocketInspector`. */
  readonly producerUrl: string;
  /** Ends every connection; resolves when the port is free again. */
  close(): Promise<void>;
}

/**
 * Serves the page on loopback and receives actors.
 *
 * @throws InvalidInspectorOptionError; PortInUseError with the next free port
 */
export async function startInspector(options: InspectorOptions = {}): Promise<Inspector> {
  const settings = settingsOf(options);
  const { host, token, onViewers } = settings;
  const history = new History(settings.limits);
  const instance = randomUUID();
  const viewers = new Set<Viewer>();
  const producers = new Map<WebSocket, string>();
  const forProducers = new WebSocketServer({ noServer: true, maxPayload: settings.maxFrameBytes });
  const forViewers = new WebSocketServer({ noServer: true, maxPayload: 4096 });
  let connections = 0;

  const server = createServer((request, response) => void answer(request, response, access));
  server.on('upgrade', (request, socket, head) => {
    const url = new URL(request.url ?? '/', 'http://loopback');
    const isViewer = url.pathname === '/view';
    if (!isOwnHost(request, access)) return refuse(socket, '421 Misdirected Request');
    if (!hasToken(url, access)) return refuse(socket, '401 Unauthorized');
    if (isViewer && !isOwnOrigin(request)) return refuse(socket, '403 Forbidden');
    const kind = isViewer ? forViewers : forProducers;
    kind.handleUpgrade(request, socket, head, (opened: WebSocket) =>
      isViewer ? view(opened) : produce(opened, url),
    );
  });

  const view = (socket: WebSocket) => {
    const viewer = new Viewer(
      socket,
      history,
      { type: 'hello', instance, producerUrl },
      () => producers.size,
    );
    viewers.add(viewer);
    onViewers(viewers.size);
    socket.on('close', () => {
      viewers.delete(viewer);
      onViewers(viewers.size);
    });
  };

  const produce = (socket: WebSocket, url: URL) => {
    connections += 1;
    // An app that names itself is taken for the same one when it comes back.
    const producer = url.searchParams.get('producer')?.slice(0, 100) || `app ${connections}`;
    producers.set(socket, producer);
    for (const viewer of viewers) viewer.tellTotals();
    socket.on('error', () => {}); // a frame too large, a reset: `close` follows
    socket.on('message', (data, isBinary) => {
      const frame = isBinary ? undefined : parseFrame((data as Buffer).toString(), Date.now());
      if (frame === undefined || frame.kind === 'missed') {
        if (frame === undefined) history.rejected += 1;
        else history.missed += frame.count;
        for (const viewer of viewers) viewer.tellTotals();
        return;
      }
      const change = history.take(producer, frame);
      for (const viewer of viewers) viewer.tell(change);
    });
    socket.on('close', () => {
      producers.delete(socket);
      for (const viewer of viewers) viewer.tellTotals();
      if ([...producers.values()].includes(producer)) return;
      for (const actor of history.actors.values()) {
        if (actor.producer !== producer) continue;
        actor.isConnected = false;
        for (const viewer of viewers) viewer.tellState(actor);
      }
    });
  };

  server.listen(settings.port, host);
  try {
    await once(server, 'listening');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    const freePort = await nextFreePort(settings.port, host);
    throw new PortInUseError(settings.port, freePort, { cause: error });
  }
  const { port } = server.address() as AddressInfo;
  const access: Access = { token, port };
  const address = `${host === '::1' ? '[::1]' : host}:${port}`;
  const producerUrl = `ws://${address}/?token=${token}`;

  return {
    port,
    url: `http://${address}/?token=${token}`,
    producerUrl,
    async close() {
      for (const socket of [...forViewers.clients, ...forProducers.clients]) socket.terminate();
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

function refuse(socket: Duplex, status: string): void {
  socket.on('error', () => {});
  socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
}
