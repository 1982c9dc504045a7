import { createServer, type Socket } from 'node:net';
import { type Connector, Continue, createReconnectActor, type ReconnectEmitted } from 'schmoozer';
import { lines, tcpConnector } from 'schmoozer/tcp';
import { webSocketConnector } from 'schmoozer/websocket';
import { describe, expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { acceptFor } from '../support/acceptOf.js';
import { listening, reset } from '../support/loopback.js';

const FAILURES = 8;
/** What the default backoff answers to a chance of one half: minMs + (ceiling - minMs) / 2. */
const HALF = [1050, 2050, 4050, 8050, 15_050, 15_050, 15_050, 15_050];

const accept = (request: string) => {
  const head = 'HTTP/1.1 101 x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n';
  return `${head}Sec-WebSocket-Accept: ${acceptFor(request)}\r\n\r\n`;
};
const closeFrame = (code: number, reason: string) =>
  Buffer.concat([
    Buffer.of(0x88, 2 + reason.length, code >> 8, code & 0xff),
    Buffer.from(reason, 'latin1'),
  ]);
/** Fills a screen, clears it, and is as long as a reason may be. */
const LOUD = '\x1b[2J\n'.repeat(30).slice(0, 123);

/** How a server may end a session, or an upgrade, as soon as it is there. */
const upgrades: Record<string, (socket: Socket, request: string) => void> = {
  'a reset after the upgrade': (socket, request) =>
    socket.write(accept(request), () => reset(socket)),
  'an end after the upgrade': (socket, request) => socket.end(accept(request)),
  'a message and an end': (socket, request) =>
    socket.end(Buffer.concat([Buffer.from(accept(request)), Buffer.of(0x81, 1, 0x61)])),
  'no status': (socket, request) =>
    socket.end(Buffer.concat([Buffer.from(accept(request)), Buffer.of(0x88, 0)])),
  'a thousand pings': (socket, request) =>
    socket.end(
      Buffer.concat([Buffer.from(accept(request)), Buffer.alloc(2000, Buffer.of(0x89, 0))]),
    ),
  ...Object.fromEntries(
    [1000, 1001, 1002, 1006, 1007, 1011, 1014, 3008, 4000, 4999].map((code) => [
      `close code ${code}`,
      (socket: Socket, request: string) =>
        socket.end(Buffer.concat([Buffer.from(accept(request)), closeFrame(code, LOUD)])),
    ]),
  ),
  ...Object.fromEntries(
    [
      ['503', 'Retry-After: 0'],
      ['503', 'Retry-After: -1'],
      ['429', 'Retry-After: Thu, 01 Jan 1970 00:00:00 GMT'],
      ['429', 'Retry-After: 0\r\nRetry-After: 0'],
      ['502', `X-Loud: ${'loud '.repeat(2000)}`],
    ].map(([status, header]) => [
      `${status} with ${(header as string).slice(0, 40)}`,
      (socket: Socket) =>
        socket.end(`HTTP/1.1 ${status} ${LOUD.replaceAll('\n', ' ')}\r\n${header}\r\n\r\n`),
    ]),
  ),
};

const connections: Record<string, (socket: Socket) => void> = {
  'a reset at once': (socket) => reset(socket),
  'an end at once': (socket) => socket.end(),
  'a line and an end': (socket) => socket.end('hello\n'),
  'half a line and a reset': (socket) => socket.write('{"half', () => reset(socket)),
  'a thousand lines and an end': (socket) => socket.end('x\n'.repeat(1000)),
};

/** What a link tells while it is made to fail so often; the waits themselves are skipped. */
function failing<T>(connector: Connector<T, void>): Promise<ReconnectEmitted[]> {
  let resolve!: (events: ReconnectEmitted[]) => void;
  const promise = new Promise<ReconnectEmitted[]>((done) => (resolve = done));
  const events: ReconnectEmitted[] = [];
  const actor = createReconnectActor(connector, { random: () => 0.5 });
  actor.on('*', (event) => {
    events.push(event);
    if (event.type !== 'retry.scheduled') return;
    const isEnough = events.filter(({ type }) => type === 'retry.scheduled').length === FAILURES;
    if (isEnough) resolve(events);
    else queueMicrotask(() => actor.send({ type: 'reconnect' }));
  });
  actor.start();
  onTestFinished(() => void actor.stop());
  return promise;
}

const delaysOf = (events: ReconnectEmitted[]) =>
  events.flatMap((event) => (event.type === 'retry.scheduled' ? [event.delayMs] : []));

function expectPatience(events: ReconnectEmitted[]): void {
  const delays = delaysOf(events);
  expect(delays).toHaveLength(FAILURES);
  expect(delays.filter((delayMs, at) => delayMs < (HALF[at] as number))).toEqual([]);
  // A logger that writes all that is told, errors by their message: few lines, none of them long or unfit for a terminal.
  expect(events.length).toBeLessThanOrEqual(5 * FAILURES);
  for (const event of events) {
    const line = JSON.stringify(event, (_key, value: unknown) => {
      const shown = value instanceof Error ? value.message : value;
      // oxlint-disable-next-line no-control-regex -- that is what must not be there
      if (typeof shown === 'string') expect(shown).not.toMatch(/[\x00-\x1f\x7f-\x9f]/);
      return shown;
    });
    expect(line.length).toBeLessThan(2000);
  }
}

describe('a server that ends each session at once makes no client loop fast, and fills no log', () => {
  it.each(Object.keys(upgrades))('a WebSocket: %s', async (name) => {
    const port = await listening(
      createServer((socket) => {
        socket.once('data', (request) => upgrades[name]?.(socket, request.toString('latin1')));
      }),
    );
    const connector = webSocketConnector({
      url: `ws://127.0.0.1:${port}/`,
      WebSocket,
      closeTimeoutMs: 0,
      async run(session) {
        for await (const _ of session);
        return Continue();
      },
    });
    expectPatience(await failing(connector));
  });

  it.each(Object.keys(connections))('TCP: %s', async (name) => {
    const port = await listening(createServer((socket) => connections[name]?.(socket)));
    const connector = tcpConnector({
      host: '127.0.0.1',
      port,
      async run(socket) {
        for await (const _ of lines(socket));
        return Continue();
      },
    });
    expectPatience(await failing(connector));
  });
});
