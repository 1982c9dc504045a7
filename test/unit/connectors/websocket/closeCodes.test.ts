import { Continue, createReconnectActor, run, sequenceBackoff } from 'schmoozer';
import {
  isRetryableWebSocketError,
  WebSocketClosedError,
  webSocketConnector,
} from 'schmoozer/websocket';
import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { type CloseCodeRow, closeCodes } from '../../../../src/connectors/websocket/closeCodes.js';
import { closeReasons } from '../../../../src/explain/webSocketReasons.js';
import { rowsOf } from '../../../support/documents.js';
import { webSocketServer } from '../../../support/webSocketServer.js';

/** What a server may put into a close frame. */
const rows = Object.entries<CloseCodeRow>(closeCodes).map(([code, row]) => ({
  code: Number(code),
  verdict: 'transient',
  ...row,
}));
const sendable = rows.filter(({ code }) => ![1005, 1006, 1015].includes(code));
const closedWith = (code: number) => new WebSocketClosedError(code, '', true);

/** Two sessions, both closed by the server; what the loop saw, and how it ended. */
async function closedTwice(code: number | undefined) {
  const { url, accepted } = await webSocketServer((socket, count) => {
    if (count === 1) socket.close(code, 'because');
    else socket.close(4403);
  });
  const waits: unknown[] = [];
  const connector = webSocketConnector({
    url,
    WebSocket,
    retryDelay: ({ error }) => {
      waits.push(error);
      return Continue(0);
    },
    async run(session) {
      for await (const message of session) expect.unreachable(String(message));
      return Continue();
    },
  });
  const error = await run(connector).catch((thrown: unknown) => thrown);
  return { error, waits, count: accepted.length };
}

describe('the table of close codes', () => {
  it('has a reason and a source for each verdict, and no other', () => {
    expect(Object.keys(closeReasons)).toEqual(Object.keys(closeCodes));
    expect(Object.values(closeReasons).flatMap((row) => Object.values(row))).not.toContain('');
  });

  it('is the table in docs/websocket.md', () => {
    const shown = rowsOf('docs/websocket.md', 'close code');
    expect(shown).toEqual(
      rows.map(({ code, meaning, verdict }) => {
        const { reason, source } = closeReasons[code as keyof typeof closeReasons];
        return [
          String(code),
          meaning,
          verdict === 'continue' ? 'Continue' : verdict,
          reason,
          source,
        ];
      }),
    );
  });

  it.each(sendable.filter(({ verdict }) => verdict === 'continue'))(
    '$code by the server ends the messages in order, and the loop goes on',
    async ({ code }) => {
      const { waits, count, error } = await closedTwice(code);
      expect(waits).toEqual([undefined]);
      expect(count).toBe(2);
      expect(error).toMatchObject({ closeCode: 4403 });
    },
  );

  it('a bare close by the server, 1005, ends the messages in order', async () => {
    const { waits, count } = await closedTwice(undefined);
    expect([waits, count]).toEqual([[undefined], 2]);
  });

  it.each(sendable.filter(({ verdict, spreadMs }) => verdict === 'transient' && !spreadMs))(
    '$code by the server is an error, and the loop goes on',
    async ({ code }) => {
      const { waits, count } = await closedTwice(code);
      expect(waits).toMatchObject([{ closeCode: code, reason: 'because', wasClean: true }]);
      expect(count).toBe(2);
    },
  );

  it.each(sendable.filter(({ verdict }) => verdict === 'permanent'))(
    '$code by the server ends the loop with the error',
    async ({ code }) => {
      const { error, waits, count } = await closedTwice(code);
      expect(error).toBeInstanceOf(WebSocketClosedError);
      expect(error).toMatchObject({ code: 'ERR_WEBSOCKET_CLOSED', closeCode: code });
      expect([waits, count]).toEqual([[], 1]);
    },
  );

  it.each([1006, 1015, 1004, 2999, 4000, 4999])('%i is retryable', (code) => {
    expect(isRetryableWebSocketError(closedWith(code))).toBe(true);
  });

  it('is replaced by isRetryable', async () => {
    const { url, accepted } = await webSocketServer((socket, count) =>
      socket.close(count === 1 ? 4401 : 1011),
    );
    const connector = webSocketConnector({
      url,
      WebSocket,
      isRetryable: (error) => (error as WebSocketClosedError).closeCode === 4401,
      async run(session) {
        for await (const message of session) expect.unreachable(String(message));
        return Continue();
      },
    });
    const ended = run(connector, { backoff: sequenceBackoff([0]) });
    await expect(ended).rejects.toMatchObject({ closeCode: 1011 });
    expect(accepted).toHaveLength(2);
  });

  it.each([
    [0, 5000],
    [0.5, 17_500],
    [1, 30_000],
  ])('spreads the delay after 1012 and 1013: chance %d gives %i ms', async (chance, delayMs) => {
    for (const code of [1012, 1013]) {
      const { url } = await webSocketServer((socket) => socket.close(code));
      const connector = webSocketConnector({
        url,
        WebSocket,
        random: () => chance,
        async run(session) {
          for await (const message of session) expect.unreachable(String(message));
          return Continue();
        },
      });
      const actor = createReconnectActor(connector, { backoff: sequenceBackoff([0]) });
      const scheduled = new Promise((resolve) => actor.on('retry.scheduled', resolve));
      actor.start();
      expect(await scheduled).toMatchObject({ delayMs, error: { closeCode: code } });
      actor.send({ type: 'stop' });
    }
  });

  it.each([
    ['delayAfterRestart: false takes it away', { delayAfterRestart: false }],
    ['a retryDelay of the user has the last word', { retryDelay: () => 7 }],
  ])('%s', async (_name, options) => {
    const { url } = await webSocketServer((socket) => socket.close(1013));
    const connector = webSocketConnector({ url, WebSocket, run: all, ...options });
    const actor = createReconnectActor(connector, { backoff: sequenceBackoff([7]) });
    const scheduled = new Promise((resolve) => actor.on('retry.scheduled', resolve));
    actor.start();
    expect(await scheduled).toMatchObject({ delayMs: 7, error: { closeCode: 1013 } });
    actor.send({ type: 'stop' });
  });
});

async function all(session: AsyncIterable<unknown>) {
  for await (const message of session) expect.unreachable(String(message));
  return Continue();
}

describe('WebSocketClosedError', () => {
  it.each([
    [new WebSocketClosedError(4999, '', true), 'the WebSocket was closed with code 4999'],
    [
      new WebSocketClosedError(1008, 'too "old"', true),
      'the WebSocket was closed with code 1008 (policy violation), reason "too \\"old\\""',
    ],
    [
      new WebSocketClosedError(1009, '', false, new RangeError('Max payload size exceeded')),
      'the WebSocket was closed with code 1009 (message too big): Max payload size exceeded',
    ],
  ])('says what is known: %#', (error, message) => {
    expect(error.message).toBe(message);
  });
});
