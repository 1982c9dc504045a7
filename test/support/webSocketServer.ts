import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { onTestFinished } from 'vitest';
import { type ServerOptions, WebSocket, WebSocketServer } from 'ws';
import { listening } from './loopback.js';

export interface TestServer {
  readonly url: string;
  readonly port: number;
  readonly server: WebSocketServer;
  /** Every WebSocket that was accepted, in order. */
  readonly accepted: WebSocket[];
  /** How each of them was closed: code and reason. */
  readonly closes: (readonly [code: number, reason: string])[];
  /** The next WebSocket that is accepted. */
  next(): Promise<WebSocket>;
  /** Resolves when all that were accepted have closed. */
  gone(): Promise<void>;
}

const sockets = new WeakMap<WebSocket, Socket>();

/** What lies below a WebSocket that a server here has accepted. */
export function tcpOf(socket: WebSocket): Socket {
  const tcp = sockets.get(socket);
  if (tcp === undefined) throw new Error('accepted by no server of these tests');
  return tcp;
}

/** The class of `ws`, and when the first of its sockets is paused. */
export function watchPause(): { readonly WebSocket: typeof WebSocket; paused: Promise<void> } {
  let pause = () => {};
  const paused = new Promise<void>((resolve) => {
    pause = resolve;
  });
  class Watched extends WebSocket {
    override pause() {
      super.pause();
      pause();
    }
  }
  return { WebSocket: Watched, paused };
}

/** A real server on a free port of loopback; it is gone when the test is over. */
export async function webSocketServer(
  serve: (socket: WebSocket, count: number) => void = () => {},
  options: ServerOptions & { readonly http?: Server; readonly scheme?: 'ws' | 'wss' } = {},
): Promise<TestServer> {
  const { http = createServer(), scheme = 'ws', ...rest } = options;
  const server = new WebSocketServer({ server: http, ...rest });
  const accepted: WebSocket[] = [];
  const closes: [number, string][] = [];
  server.on('connection', (socket, request) => {
    sockets.set(socket, request.socket);
    accepted.push(socket);
    socket.on('error', () => {});
    socket.on('close', (code, reason) => closes.push([code, String(reason)]));
    serve(socket, accepted.length);
  });
  const port = await listening(http);
  onTestFinished(() => {
    for (const socket of accepted) socket.terminate();
    server.close();
  });
  return {
    url: `${scheme}://${scheme === 'ws' ? '127.0.0.1' : 'localhost'}:${port}/`,
    port,
    server,
    accepted,
    closes,
    async next() {
      const [socket] = (await once(server, 'connection')) as [WebSocket];
      return socket;
    },
    async gone() {
      for (const socket of accepted) {
        if (socket.readyState !== socket.CLOSED) await once(socket, 'close');
      }
    },
  };
}

/** A server that answers each upgrade with these lines of HTTP and hangs up. */
export async function answering(...lines: string[]): Promise<string> {
  const http = createServer();
  http.on('upgrade', (_request, socket: Duplex) => {
    socket.on('error', () => {});
    socket.end(`${lines.join('\r\n')}\r\n\r\n`);
  });
  return `ws://127.0.0.1:${await listening(http)}/path?token=secret`;
}

/**
 * A server that answers each upgrade with the next of these statuses, and where there is none with a WebSocket, which it
 * closes when it is told to.
 */
export async function refusing(...statuses: (string | undefined)[]): Promise<string> {
  const server = new WebSocketServer({ noServer: true });
  const http = createServer();
  http.on('upgrade', (request, socket: Duplex, head) => {
    socket.on('error', () => {});
    const status = statuses.shift();
    if (status !== undefined) {
      const headers = 'Location: http://portal.example/\r\nContent-Length: 0\r\nConnection: close';
      socket.end(`HTTP/1.1 ${status}\r\n${headers}\r\n\r\n`);
      return;
    }
    server.handleUpgrade(request, socket, head, (accepted) => {
      accepted.on('message', () => accepted.close(1001));
    });
  });
  return `ws://127.0.0.1:${await listening(http)}/`;
}
