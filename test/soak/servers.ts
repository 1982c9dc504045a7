import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { type Connector, Continue } from 'schmoozer';
import { eventStream } from 'schmoozer/sse';
import { lines, tcpConnector } from 'schmoozer/tcp';
import { webSocketConnector } from 'schmoozer/websocket';
import { WebSocket, WebSocketServer } from 'ws';
import { linkOf } from './engines.js';
import { options, type Peers, rudeness } from './peers.js';

const isRude = rudeness();

/** Servers of this process, for the connectors of the library. */
export const servers: Readonly<Record<string, () => Promise<Peers>>> = {
  async tcp() {
    const server = createServer((socket) => {
      socket.on('error', () => {});
      if (isRude()) socket.once('data', () => socket.resetAndDestroy());
      else socket.resume().end('bye\n');
    });
    return peersOf(server, (port, began) =>
      tcpConnector({
        host: '127.0.0.1',
        port,
        closeTimeoutMs: 200,
        async run(socket, { signal }) {
          began();
          socket.write('hello\n');
          for await (const line of lines(socket, { signal })) void line;
          return Continue();
        },
      }),
    );
  },
  async ws() {
    const server = createHttpServer();
    const peers = new WebSocketServer({ server, perMessageDeflate: false });
    peers.on('connection', (peer) => {
      peer.on('error', () => {});
      if (isRude()) return peer.terminate();
      peer.send('bye');
      peer.close(1001);
    });
    return peersOf(server, (port, began) =>
      webSocketConnector({
        url: `ws://127.0.0.1:${port}/`,
        WebSocket,
        socketOptions: { perMessageDeflate: false },
        async run(session) {
          began();
          for await (const message of session) void message;
          return Continue();
        },
      }),
    );
  },
  async sse() {
    const server = createHttpServer((request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      if (isRude()) request.socket.resetAndDestroy();
      else response.end('data: bye\n\n');
    });
    return peersOf(server, (port, began) =>
      eventStream({ url: `http://127.0.0.1:${port}/`, onSession: began, onMessage() {} }),
    );
  },
};

async function peersOf<TConnection>(
  server: Server,
  connector: (port: number, began: () => void) => Connector<TConnection>,
): Promise<Peers> {
  server.listen(0, '127.0.0.1', 1024);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    link: (engine, _nth, began) => linkOf(engine, connector(port, began), options),
    close: async () => void server.close(),
  };
}
