import { fatal } from 'schmoozer';
import {
  isRetryableWebSocketError,
  WebSocketClosedError,
  webSocketConnector,
  WebSocketOpenError,
} from 'schmoozer/websocket';
import { describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { nodeSide } from '../../../../src/connectors/websocket/nodeSide.js';
import { firstAttempt } from '../../../support/attempt.js';
import { rejection } from '../../../support/loopback.js';
import { PlainWebSocket } from '../../../support/plainWebSocket.js';
import { refusing, webSocketServer } from '../../../support/webSocketServer.js';

vi.mock(
  '../../../../src/connectors/websocket/nodeSide.js',
  () => import('../../../../src/connectors/websocket/nodeSide.browser.js'),
);

const run = () => Promise.reject(fatal('not called'));

describe('in a bundle for browsers', () => {
  it.each([
    ["a browser's class", PlainWebSocket],
    ['the class of `ws`, which cannot be there', WebSocket],
  ])('%s opens, sends, reads and closes, and no heartbeat is made up', async (_name, Class) => {
    const { url, accepted } = await webSocketServer((socket) => {
      socket.on('message', (data: Buffer) => socket.send(String(data)));
    });
    const connector = webSocketConnector({ url, WebSocket: Class, run });
    const session = await connector.connect(firstAttempt().attempt);
    await session.send('hello');
    const { value } = await session[Symbol.asyncIterator]().next();
    expect(value).toBe('hello');
    const [peer] = accepted as [WebSocket];
    peer.close(1008, 'enough');
    const end = await connector.closed?.(session);
    expect(end).toMatchObject({ error: { closeCode: 1008 }, detail: { reason: 'enough' } });
    await connector.disconnect?.(session);
  });

  it('a refused upgrade says no more than that the WebSocket did not open', async () => {
    const url = await refusing('401 Unauthorized');
    const connector = webSocketConnector({ url, WebSocket, run });
    const error = await rejection(connector.connect(firstAttempt().attempt));
    expect(error).toBeInstanceOf(WebSocketOpenError);
    expect(isRetryableWebSocketError(error)).toBe(true);
  });

  it('ends the session of a silent server by its messages alone', async () => {
    const { url } = await webSocketServer();
    const connector = webSocketConnector({ url, WebSocket: PlainWebSocket, silenceMs: 4, run });
    const session = await connector.connect(firstAttempt().attempt);
    expect(await session.closed).toMatchObject({ error: { code: 'ERR_SILENCE' } });
  });

  it('refuses a ping, whose pong would not be heard', () => {
    expect(() => webSocketConnector({ url: 'ws://a', WebSocket, heartbeat: {}, run })).toThrow(
      'this WebSocket reports no pong',
    );
  });

  it.each([
    [new WebSocketClosedError(1008, '', true), false],
    [new WebSocketClosedError(1006, '', false), true],
    [new DOMException('', 'SecurityError'), false],
    [new TypeError('Failed to fetch'), undefined],
    [new ReferenceError('x is not defined'), false],
    [new Error('x'), true],
  ])('sorts %s as %s', (error, expected) => {
    expect(isRetryableWebSocketError(error)).toBe(expected);
  });

  it('has nothing to warn of, no class of its own, and no frame to hear of', () => {
    const emit = vi.spyOn(process, 'emitWarning');
    nodeSide.warn('SCHMOOZER_NO_PONG');
    expect(emit).not.toHaveBeenCalled();
    expect(nodeSide.isOwnClass(WebSocket)).toBe(false);
    const [socket, hearer] = [{}, {}];
    nodeSide.watchFrames(socket as never, hearer as never);
    expect([socket, hearer]).toEqual([{}, {}]);
    expect(nodeSide.bytesRead(socket as never)).toBe(0);
  });
});
