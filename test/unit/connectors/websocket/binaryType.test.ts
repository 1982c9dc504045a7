import { Break } from 'schmoozer';
import {
  webSocketConnector,
  type WebSocketMessage,
  type WebSocketSession,
} from 'schmoozer/websocket';
import { describe, expect, expectTypeOf, it, onTestFinished, vi } from 'vitest';
import { WebSocket } from 'ws';
import { firstAttempt } from '../../../support/attempt.js';
import { rejection } from '../../../support/loopback.js';
import { PlainWebSocket } from '../../../support/plainWebSocket.js';
import { webSocketServer } from '../../../support/webSocketServer.js';

// Real sockets on a machine that may be busy.
vi.setConfig({ testTimeout: 30_000 });

const greeting = () =>
  webSocketServer((socket) => {
    socket.send(new Uint8Array([1, 2]));
    socket.send('text');
  });
const run = async () => Break();

async function bytesOf(message: WebSocketMessage<'uint8array' | 'arraybuffer' | 'blob'>) {
  const data = message instanceof Blob ? await message.arrayBuffer() : message;
  return typeof data === 'string' ? data : [...new Uint8Array(data)];
}

describe('binaryType', () => {
  it.each([
    ['uint8array', Uint8Array],
    ['arraybuffer', ArrayBuffer],
    ['blob', Blob],
    ['nodebuffer', Buffer],
  ] as const)('%s of ws makes bytes an instance of %o', async (binaryType, Class) => {
    const { url } = await greeting();
    const connector = webSocketConnector({ url, WebSocket, binaryType, run });
    const session = await connector.connect(firstAttempt().attempt);
    onTestFinished(() => connector.disconnect?.(session) ?? undefined);
    const messages = session.messages();
    const { value } = await messages.next();
    expect(Object.getPrototypeOf(value)).toBe(Class.prototype);
    expect(await bytesOf(value as Uint8Array)).toEqual([1, 2]);
    expect(await messages.next()).toMatchObject({ value: 'text' });
  });

  it('bounds and counts them by their size', async () => {
    const { url } = await greeting();
    const connector = webSocketConnector({
      url,
      WebSocket: PlainWebSocket,
      binaryType: 'blob',
      maxMessageBytes: 1,
      run,
    });
    const session = await connector.connect(firstAttempt().attempt);
    expect(await session.closed).toMatchObject({ error: { code: 'ERR_MESSAGE_TOO_LONG' } });
  });

  it('that the class does not know fails the first attempt for good', async () => {
    class Old extends PlainWebSocket {
      override set binaryType(type: string) {
        if (type === 'arraybuffer') super.binaryType = type;
      }
      override get binaryType(): string {
        return super.binaryType;
      }
    }
    const { url, gone } = await webSocketServer();
    const connector = webSocketConnector({ url, WebSocket: Old, binaryType: 'blob', run });
    expect(await rejection(connector.connect(firstAttempt().attempt))).toMatchObject({
      code: 'ERR_INVALID_OPTION',
      option: 'binaryType',
      message:
        "`binaryType` must be 'uint8array' or 'arraybuffer': this WebSocket supports no other; received \"blob\"",
    });
    await gone();
  });

  it('is in the types', () => {
    webSocketConnector({
      url: 'ws://localhost/',
      WebSocket,
      async run(session) {
        expectTypeOf(session).toEqualTypeOf<WebSocketSession>();
        for await (const message of session) {
          expectTypeOf(message).toEqualTypeOf<string | Uint8Array>();
        }
        return Break();
      },
    });
    webSocketConnector({
      url: 'ws://localhost/',
      WebSocket,
      binaryType: 'nodebuffer',
      heartbeat: { isPong: (message) => typeof message === 'string' || message.readInt8(0) === 1 },
      async run(session) {
        for await (const message of session) expectTypeOf(message).toExtend<string | Buffer>();
        return Break();
      },
    });
  });
});

describe('a session', () => {
  it('has the url of its attempt, and the extensions that the server chose', async () => {
    const { url } = await webSocketServer(undefined, { perMessageDeflate: true });
    let count = 0;
    for (const [Class, extensions] of [
      [WebSocket, 'permessage-deflate'],
      [PlainWebSocket, ''],
    ] as const) {
      const where = () => `${url}?token=${++count}`;
      const connector = webSocketConnector({ url: where, WebSocket: Class, run });
      const session = await connector.connect(firstAttempt().attempt);
      expect([session.url, session.extensions]).toEqual([`${url}?token=${count}`, extensions]);
      await connector.disconnect?.(session);
    }
  });
});
