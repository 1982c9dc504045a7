import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { constantBackoff } from 'schmoozer';
import { ModelTestError, modelTest } from 'schmoozer/testing';
import { describe, expect, it } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { statusConnector } from '../../../examples/status-bar/connector.js';
import type { Mistake } from '../../../examples/status-bar/mistakes.js';
import { statusBar } from '../../../examples/status-bar/statusBar.js';

/** A real server that holds every handshake back until the test says how it goes on. */
async function realServer() {
  const http = createServer();
  const server = new WebSocketServer({ noServer: true });
  let held: { request: IncomingMessage; socket: Duplex; head: Buffer } | undefined;
  const open = new Set<Duplex>();
  const handshakes = new EventEmitter();
  http.on('connection', (socket: Duplex) => {
    open.add(socket);
    socket.on('error', () => {}).on('close', () => open.delete(socket));
  });
  http.on('upgrade', (request, socket, head) => {
    // A socket that is not read does not notice that its peer has left, and http keeps it half open.
    socket.on('end', () => socket.end()).resume();
    held = { request, socket, head };
    handshakes.emit('held');
  });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  const { port } = http.address() as AddressInfo;
  const handshake = async () => {
    if (held === undefined || held.socket.destroyed) await once(handshakes, 'held');
    const current = held as NonNullable<typeof held>;
    held = undefined;
    return current;
  };
  const last = () => [...server.clients].at(-1) as WebSocket;
  return {
    url: `ws://127.0.0.1:${port}`,
    open,
    async accept() {
      const { request, socket, head } = await handshake();
      server.handleUpgrade(request, socket, head, () => {});
    },
    async refuse(status: number) {
      const { socket } = await handshake();
      socket.end(`HTTP/1.1 ${status} No\r\nConnection: close\r\n\r\n`);
    },
    close: (code: number) => last().close(code),
    cut: () => last().terminate(),
    async [Symbol.asyncDispose]() {
      for (const socket of open) socket.destroy();
      http.close();
      await once(http, 'close');
    },
  };
}

function testOnRealServer(timeoutMs: number, mistake?: Mistake) {
  return modelTest({
    world: async ({ clock }) =>
      Object.assign(await realServer(), { clock, line: { textContent: '' } }),
    connector: ({ url }) => statusConnector(() => new WebSocket(url) as never, mistake),
    attach: ({ line, clock }, actor) => statusBar(actor, line, clock),
    outcomes: {
      'connect.ok': (server) => server.accept(),
      'connect.retryable': (server) => server.refuse(503),
      'connect.fatal': (server) => server.refuse(401),
      'run.continue': (server) => server.close(1012),
      'run.break': (server) => server.close(1000),
      'run.throws': (server) => server.cut(),
      'run.fatal': (server) => server.close(4401),
      'run.lost': null,
    },
    states: {
      connecting: ({ line }) => assert.equal(line.textContent, 'Connecting …'),
      running: ({ line }) => assert.equal(line.textContent, 'Online'),
      waiting: ({ line }) => assert.match(line.textContent, /^Offline, next attempt in \d s$/),
      suspended: ({ line }) => assert.equal(line.textContent, 'Offline'),
      stopped: ({ line }) => assert.equal(line.textContent, 'Stopped'),
      closing: ({ line }) => assert.equal(line.textContent, 'Offline'),
      stopping: ({ line }) => assert.equal(line.textContent, 'Stopping …'),
    },
    resources: { 'server sockets': ({ open }) => open.size },
    eventually: { timeoutMs, intervalMs: 2 },
    options: { backoff: constantBackoff(3000) },
  });
}

describe('modelTest on a real WebSocket server', () => {
  const test = testOnRealServer(5000);

  it.each(test.paths({ cover: 'edges', maxAttempt: 1 }))(
    'passes $name',
    { timeout: 60_000 },
    (path) => path.run(),
  );

  it('has taken every edge', () => {
    test.coverage.assertComplete();
    expect(test.coverage.taken.length).toBeGreaterThan(15);
  });

  it.each<[Mistake, string, string, string]>([
    ['retries 401', 'connect.fatal', 'stopped, failed', 'waiting, attempt 1, a delay of 3000 ms'],
    ['forgets to close', 'stop (at the end)', '0 of `server sockets` open in stopped', '1'],
  ])('finds, once `eventually` is over: %s', async (mistake, step, expected, seen) => {
    const error: unknown = await testOnRealServer(1000, mistake)
      .explore({ depth: 1 })
      .catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ModelTestError);
    expect(error).toMatchObject({ step, expected, seen });
  });
});
