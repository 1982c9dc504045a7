import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { Break, run as runLink } from 'schmoozer';
import { virtualClock } from 'schmoozer/testing';
import {
  webSocketConnector,
  type WebSocketConnectorOptions,
  type WebSocketSession,
} from 'schmoozer/websocket';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { firstAttempt } from '../../../support/attempt.js';
import { read, rowsOf } from '../../../support/documents.js';
import { PlainWebSocket } from '../../../support/plainWebSocket.js';
import { tcpOf, watchPause, webSocketServer } from '../../../support/webSocketServer.js';

// Real sockets on a machine that may be busy.
vi.setConfig({ testTimeout: 30_000 });

/** What docs/websocket.md says, by the name of the option. */
const said = Object.fromEntries(
  [
    ...rowsOf('docs/websocket.md', 'option'),
    ...rowsOf('docs/websocket.md', 'option of `heartbeat`'),
  ].map(([name, fallback]) => [name, Number(fallback)]),
);

/** Of `readAheadBytes`, where there is a pause and where there is none. */
const saidReadAhead = /^(\d+), (\d+) with/
  .exec(
    rowsOf('docs/websocket.md', 'option').find(([name]) => name === 'readAheadBytes')?.[1] ?? '',
  )
  ?.slice(1)
  .map(Number) as [number, number];

async function open(options: Partial<WebSocketConnectorOptions> = {}) {
  const { url, next } = await webSocketServer(undefined, { autoPong: false });
  const clock = virtualClock();
  const run = async () => Break();
  const connector = webSocketConnector({ url, WebSocket, clock, run, ...options });
  const accepted = next();
  const session = await connector.connect(firstAttempt().attempt);
  const peer = await accepted;
  onTestFinished(() => peer.terminate());
  return { session, peer, clock };
}

describe('the defaults in docs/websocket.md', () => {
  it('closeTimeoutMs', async () => {
    const { session, peer, clock } = await open({ heartbeat: false });
    tcpOf(peer).pause();
    void session.close();
    expect(clock.pending).toEqual([said['closeTimeoutMs']]);
  });

  it('heartbeat.intervalMs and heartbeat.timeoutMs', async () => {
    const { clock } = await open({ heartbeat: {} });
    expect(clock.pending).toEqual([said['intervalMs']]);
    await clock.next();
    expect(clock.pending).toEqual([said['timeoutMs']]);
  });

  it('maxMessageBytes, of what a compressed message becomes', async () => {
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: true });
    onTestFinished(() => server.close());
    await once(server, 'listening');
    const limit = said['maxMessageBytes'] as number;
    server.on('connection', (socket) => {
      socket.on('error', () => {});
      socket.send(Buffer.alloc(limit));
      socket.send(Buffer.alloc(limit + 1));
    });
    const { port } = server.address() as AddressInfo;
    const run = async (session: WebSocketSession) => {
      const lengths: number[] = [];
      const reading = (async () => {
        for await (const { length } of session) lengths.push(length);
      })();
      await expect(reading).rejects.toMatchObject({ closeCode: 1009 });
      return Break(lengths);
    };
    const connector = webSocketConnector({ url: `ws://127.0.0.1:${port}`, WebSocket, run });
    // A first message counts too: it may come before the session is there.
    expect(await runLink(connector)).toEqual({ status: 'completed', value: [limit] });
  });

  it('maxMessageBytes, where the class cannot be told', async () => {
    const { session, peer } = await open({ WebSocket: PlainWebSocket, maxMessageBytes: 10 });
    peer.send('x'.repeat(10));
    peer.send('x'.repeat(11));
    expect(await session.closed).toMatchObject({
      error: { code: 'ERR_MESSAGE_TOO_LONG', maxMessageBytes: 10 },
    });
  });

  it('readAheadBytes, where ws is paused', async () => {
    const { WebSocket: Watched, paused } = watchPause();
    const { session, peer } = await open({ WebSocket: Watched });
    const [limit] = saidReadAhead;
    const sixteenth = Buffer.alloc(limit / 16 - 64);
    for (let i = 0; i < 16; i++) peer.send(sixteenth);
    let isPaused = false;
    void paused.then(() => {
      isPaused = true;
    });
    peer.ping();
    await once(peer, 'pong');
    expect(isPaused).toBe(false);
    peer.send('');
    await paused;
    await session.messages().next();
  });

  it('readAheadBytes, where the session ends', async () => {
    const { session, peer } = await open({ WebSocket: PlainWebSocket });
    const [, limit] = saidReadAhead;
    // With the 64 bytes that each message counts in addition.
    const sixteenth = Buffer.alloc(limit / 16 - 64);
    for (let i = 0; i < 16; i++) peer.send(sixteenth);
    peer.send('');
    expect(await session.closed).toMatchObject({
      error: { code: 'ERR_MESSAGE_OVERFLOW', readAheadBytes: limit },
    });
    let read16 = 0;
    await (async () => {
      for await (const message of session) read16 += message.length;
    })().catch(() => {});
    expect(read16).toBe(16 * sixteenth.length);
  });

  it('highWaterMark', async () => {
    let buffered = 0;
    class Full extends PlainWebSocket {
      override get bufferedAmount() {
        return buffered;
      }
    }
    const { session, clock } = await open({ WebSocket: Full });
    buffered = said['highWaterMark'] as number;
    await session.send('at the mark');
    buffered++;
    let isSent = false;
    const sending = session.send('above').then(() => {
      isSent = true;
    });
    await clock.advance(100);
    expect(isSent).toBe(false);
    buffered = 0;
    await clock.advance(16);
    await sending;
  });

  it('closeCode', async () => {
    const { url, closes, gone } = await webSocketServer();
    const connector = webSocketConnector({ url, WebSocket, run: async () => Break() });
    await connector.disconnect?.(await connector.connect(firstAttempt().attempt));
    await gone();
    expect(closes).toEqual([[said['closeCode'], '']]);
  });

  it.each([
    ['option', 'options', 'WebSocketConnectorOptions'],
    ['option of `heartbeat`', 'heartbeat', 'HeartbeatOptions'],
  ])('have a row for each %s, and no other', (heading, file, type) => {
    const source = read(`src/connectors/websocket/${file}.ts`).split(`export interface ${type}`)[1];
    const names = [...(source?.split('\n}')[0] ?? '').matchAll(/readonly (\w+)\??:/g)];
    const shown = rowsOf('docs/websocket.md', heading).map(([name]) => name);
    expect(new Set(shown)).toEqual(new Set(names.map(([, name]) => name)));
    expect(shown).toHaveLength(names.length);
  });
});
