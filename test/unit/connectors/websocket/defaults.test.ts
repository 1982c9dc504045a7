import { Break } from 'schmoozer';
import { virtualClock } from 'schmoozer/testing';
import { webSocketConnector, type WebSocketConnectorOptions } from 'schmoozer/websocket';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { WebSocket } from 'ws';
import { firstAttempt } from '../../../support/attempt.js';
import { read, rowsOf } from '../../../support/documents.js';
import { PlainWebSocket } from '../../../support/plainWebSocket.js';
import { tcpOf, webSocketServer } from '../../../support/webSocketServer.js';

// Real sockets on a machine that may be busy.
vi.setConfig({ testTimeout: 30_000 });

/** What docs/websocket.md says, by the name of the option. */
const said = Object.fromEntries(
  [
    ...rowsOf('docs/websocket.md', 'option'),
    ...rowsOf('docs/websocket.md', 'option of `heartbeat`'),
  ].map(([name, fallback]) => [name, Number(fallback)]),
);

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
    const { session, peer, clock } = await open();
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

  it('maxQueuedBytes', async () => {
    const { session, peer } = await open({ WebSocket: PlainWebSocket });
    // With the 64 bytes that each message counts in addition.
    const sixteenth = Buffer.alloc((said['maxQueuedBytes'] as number) / 16 - 64);
    for (let i = 0; i < 16; i++) peer.send(sixteenth);
    peer.send('');
    expect(await session.closed).toMatchObject({
      error: { code: 'ERR_MESSAGE_OVERFLOW', maxQueuedBytes: said['maxQueuedBytes'] },
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
