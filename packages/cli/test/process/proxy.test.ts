import { createServer as createHttpServer } from 'node:http';
import { createServer, type Socket } from 'node:net';
import { expect, it } from 'vitest';
import { WebSocketServer } from 'ws';
import { listening } from '../../../../test/support/loopback.js';
import { microsocks, tinyproxy } from '../../../../test/support/proxies.js';
import { spawned } from '../support/command.js';

const proxies = { http: tinyproxy, socks5: microsocks };

it.each([
  ['http', 'tcp'],
  ['http', 'ws'],
  ['socks5', 'tcp'],
  ['socks5', 'ws'],
] as const)(
  'leads through a real proxy of %s to %s://',
  { timeout: 60_000 },
  async (by, scheme) => {
    const tcp = createServer((socket: Socket) => socket.pipe(socket));
    const webSocket = new WebSocketServer({ noServer: true });
    const port = scheme === 'tcp' ? await listening(tcp) : await webSocketPort(webSocket);
    const proxy = await proxies[by]();
    const { stdin, out, ended } = spawned([
      `${scheme}://127.0.0.1:${port}`,
      '--linger',
      '100',
      '--proxy',
      `${by}://${proxy.host}:${proxy.port}`,
    ]);
    stdin.end('hello\n');
    expect(await ended).toBe(0);
    expect(String(out)).toBe('hello\n');
  },
);

async function webSocketPort(server: WebSocketServer): Promise<number> {
  const http = createHttpServer();
  http.on('upgrade', (request, socket, head) =>
    server.handleUpgrade(request, socket, head, (peer) => {
      peer.on('message', (data: Buffer) => peer.send(data.toString()));
    }),
  );
  return listening(http);
}
