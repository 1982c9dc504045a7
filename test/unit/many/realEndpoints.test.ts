import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { type Connector, type ConnectRequest, Continue, type ReconnectEmitted } from 'schmoozer';
import { connectLimiter } from 'schmoozer/limiter';
import { endpoints } from 'schmoozer/many';
import { tcpConnector } from 'schmoozer/tcp';
import { webSocketConnector } from 'schmoozer/websocket';
import { describe, expect, it, onTestFinished } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { engines } from '../../support/endpointHarness.js';
import { closedPort } from '../../support/loopback.js';
import { until } from '../../support/until.js';

/** A server that can be killed, and come back on its port. */
interface Killable {
  readonly port: number;
  /** Connections that are open. */
  readonly open: number;
  kill(): Promise<void>;
  start(): Promise<void>;
}

type Serve = 'keeps' | 'closes';

const protocols = {
  TCP: {
    async server(serve: Serve): Promise<Killable> {
      return killable((port, sockets) => {
        const server = createServer((socket) => {
          sockets.add(socket.on('error', () => {}).on('close', () => sockets.delete(socket)));
          if (serve === 'closes') socket.end();
        });
        server.listen(port, '127.0.0.1');
        return server;
      });
    },
    connectTo: (port: number): Connector<unknown> =>
      tcpConnector({
        host: '127.0.0.1',
        port,
        run: async (socket, { signal }) => {
          await once(socket, 'close', { signal });
          return Continue();
        },
      }),
    keyOf: (port: number) => `127.0.0.1:${port}`,
  },
  WebSocket: {
    async server(serve: Serve): Promise<Killable> {
      return killable((port, sockets) => {
        const server = new WebSocketServer({ host: '127.0.0.1', port });
        server.on('connection', (socket, request) => {
          const tcp = request.socket;
          sockets.add(tcp.on('close', () => sockets.delete(tcp)));
          socket.on('error', () => {});
          if (serve === 'closes') socket.close(1000);
        });
        return server;
      });
    },
    connectTo: (port: number): Connector<unknown> =>
      webSocketConnector({
        url: `ws://127.0.0.1:${port}/feed?t=secret`,
        WebSocket,
        run: async (session) => {
          for await (const _ of session);
          return Continue();
        },
      }),
    keyOf: (port: number) => `127.0.0.1:${port}`,
  },
};

async function killable(
  listen: (port: number, sockets: Set<Socket>) => Server | WebSocketServer,
): Promise<Killable> {
  const sockets = new Set<Socket>();
  let port = 0;
  let server: Server | WebSocketServer | undefined;
  const start = async () => {
    server = listen(port, sockets);
    await once(server, 'listening');
    port = (server.address() as AddressInfo).port;
  };
  const kill = async () => {
    const closing = server;
    server = undefined;
    if (closing === undefined) return;
    const closed = new Promise((resolve) => closing.close(resolve as () => void));
    for (const socket of sockets) socket.resetAndDestroy();
    await closed;
  };
  await start();
  onTestFinished(kill);
  return {
    get port() {
      return port;
    },
    get open() {
      return sockets.size;
    },
    kill,
    start,
  };
}

describe.each(Object.keys(protocols) as (keyof typeof protocols)[])('over %s', (protocol) => {
  const { server, connectTo, keyOf } = protocols[protocol];

  it.each(Object.keys(engines) as (keyof typeof engines)[])(
    'a link finds the server that serves, and finds it again when it was killed: %s',
    async (engine) => {
      const refusing = await closedPort();
      const closing = await server('closes');
      const serving = await server('keeps');
      const ports = [refusing, closing.port, serving.port];
      const asked: ConnectRequest[] = [];
      const paced = connectLimiter();
      const limiter: typeof paced = {
        ...paced,
        tryAcquire(request) {
          asked.push(request);
          return paced.tryAcquire(request);
        },
      };
      const chosen: string[] = [];
      const connector = endpoints(
        ports.map((port) => ({ host: '127.0.0.1', port })),
        ({ port }) => connectTo(port),
        {
          order: 'failover',
          onEvent: (event) => {
            if (event.type === 'endpoint.chosen') chosen.push(event.endpoint);
          },
        },
      );
      const link = engines[engine](connector, {
        limiter,
        random: () => 0,
        backoff: () => Continue(10),
      });
      const emitted: ReconnectEmitted[] = [];
      link.on('*', (event) => void emitted.push(event));
      link.start();
      onTestFinished(() => void link.stop());
      const isServed = () => serving.open === 1 && link.getSnapshot().hasTag('online');

      await until('a session at the server that serves', isServed);
      const names = ports.map((port) => `127.0.0.1:${port}`);
      expect(chosen).toEqual(names);
      expect(asked.map(({ key, attempt }) => [key, attempt])).toEqual([
        [keyOf(refusing), 0],
        [keyOf(closing.port), 0],
        [keyOf(serving.port), 1],
      ]);
      const [failed] = emitted.filter(({ type }) => type === 'attempt.failed');
      expect(failed).toMatchObject({ verdict: 'transient' });
      expect(String((failed as { error?: unknown }).error)).toContain(`127.0.0.1:${refusing}`);
      expect(String((failed as { error?: unknown }).error)).not.toContain('secret');

      await serving.kill();
      await until('a whole round in vain', () => chosen.length >= 6);
      expect(link.getSnapshot().status).toBe('active');
      await serving.start();
      await until('a session again', isServed);
      expect(new Set(chosen)).toEqual(new Set(names));

      link.send({ type: 'stop' });
      await until('the end', () => link.getSnapshot().status === 'done');
      await until('no socket', () => serving.open + closing.open === 0);
      expect(paced.stats().every(({ inFlight, queued }) => inFlight + queued === 0)).toBe(true);
    },
  );
});
