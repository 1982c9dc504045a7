import { Break, InvalidOptionError, run } from 'schmoozer';
import {
  UpgradeRefusedError,
  type WebSocketClass,
  webSocketConnector,
  type WebSocketConnectorOptions,
} from 'schmoozer/websocket';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { WebSocket } from 'ws';
import { firstAttempt } from '../../../support/attempt.js';
import { rejection } from '../../../support/loopback.js';
import { PlainWebSocket } from '../../../support/plainWebSocket.js';

const good: WebSocketConnectorOptions = {
  url: 'ws://localhost/',
  WebSocket,
  run: async () => Break(),
};
const clock = { setTimeout, clearTimeout };

/** Such as an iframe's: no instance of the class of here. */
function urlOfAnotherRealm(href: string): URL {
  return { href, toString: () => href } as URL;
}

/** Their types fit, without a cast. */
const classes: WebSocketClass[] = [WebSocket, PlainWebSocket, globalThis.WebSocket ?? WebSocket];

const bad: [option: string, value: unknown, message: string, named?: string][] = [
  ['url', undefined, '`url` must be an absolute URL; received undefined'],
  [
    'url',
    '/chat?token=secret',
    '`url` must be an absolute URL; received an address that is not a URL, of 18 characters',
  ],
  ['url', 'https://h/?token=secret', '`url` must be a ws: or wss: URL; received https://h/'],
  ['url', new URL('tcp://h:1'), '`url` must be a ws: or wss: URL; received tcp://h:1'],
  ['url', 'ws://h/?a=1#part', '`url` must be a URL without a fragment; received ws://h/'],
  ['url', 'ws://h/#', '`url` must be a URL without a fragment; received ws://h/'],
  [
    'protocols',
    'a b',
    '`protocols` must be names of subprotocols without duplicates; received a string of 3 characters',
  ],
  [
    'protocols',
    [''],
    '`protocols` must be names of subprotocols without duplicates; received a string of 0 characters',
  ],
  [
    'protocols',
    ['a', 'b', 'a'],
    '`protocols` must be names of subprotocols without duplicates; received a string of 1 characters',
  ],
  ['protocols', 7, '`protocols` must be names of subprotocols without duplicates; received 7'],
  ['WebSocket', 'ws', '`WebSocket` must be a class; received "ws"'],
  ['socketOptions', null, '`socketOptions` must be an object; received null'],
  ['heartbeat', true, '`heartbeat` must be an object; received true'],
  ['heartbeat', null, '`heartbeat` must be an object; received null'],
  [
    'heartbeat',
    { intervalMs: 0 },
    '`heartbeat.intervalMs` must be a number from 1 to 2147483647; received 0',
    'heartbeat.intervalMs',
  ],
  [
    'heartbeat',
    { timeoutMs: Infinity },
    '`heartbeat.timeoutMs` must be a number from 1 to 2147483647; received Infinity',
    'heartbeat.timeoutMs',
  ],
  [
    'heartbeat',
    { isPong: 'pong' },
    '`heartbeat.isPong` must be a function; received "pong"',
    'heartbeat.isPong',
  ],
  ['heartbeat', true, '`heartbeat` must be an object; received true'],
  ['maxAgeMs', 0, '`maxAgeMs` must be a number from 1 to 2147483647; received 0'],
  ['maxAgeSpreadMs', 1, '`maxAgeSpreadMs` must be a number from 0 to 0; received 1'],
  ['silenceMs', 0, '`silenceMs` must be a number from 1 to 2147483647; received 0'],
  ['silenceMs', Infinity, '`silenceMs` must be a number from 1 to 2147483647; received Infinity'],
  [
    'heartbeat',
    { message: { type: 'ping' } },
    '`heartbeat.message` must be a string, an ArrayBuffer, a view of one, or a Blob; received an object',
    'heartbeat.message',
  ],
  [
    'binaryType',
    'text',
    "`binaryType` must be 'uint8array', 'arraybuffer', 'blob' or 'nodebuffer'; received \"text\"",
  ],
  ['delayAfterRestart', 0, '`delayAfterRestart` must be true or false; received 0'],
  ['handshake', 'hello', '`handshake` must be a function; received "hello"'],
  ['run', undefined, '`run` must be a function; received undefined'],
  ['random', 4, '`random` must be a function; received 4'],
  ['retryDelay', 5, '`retryDelay` must be a function; received 5'],
  ['isRetryable', true, '`isRetryable` must be a function; received true'],
  ['closeTimeoutMs', -1, '`closeTimeoutMs` must be a number from 0 to 2147483647; received -1'],
  ['closeTimeoutMs', NaN, '`closeTimeoutMs` must be a number from 0 to 2147483647; received NaN'],
  ['closeCode', 1001, '`closeCode` must be 1000 or an integer from 3000 to 4999; received 1001'],
  ['closeCode', 2999, '`closeCode` must be 1000 or an integer from 3000 to 4999; received 2999'],
  ['closeCode', 5000, '`closeCode` must be 1000 or an integer from 3000 to 4999; received 5000'],
  [
    'maxMessageBytes',
    Infinity,
    '`maxMessageBytes` must be a number from 1 to 2147483647; received Infinity',
  ],
  ['readAheadBytes', 0, '`readAheadBytes` must be a number from 1 to Infinity; received 0'],
  ['onOverflow', 'drop', "`onOverflow` must be 'pause' or 'end'; received \"drop\""],
  ['highWaterMark', -1, '`highWaterMark` must be a number from 0 to Infinity; received -1'],
  ['clock', null, '`clock.setTimeout` must be a function; received undefined', 'clock.setTimeout'],
  [
    'clock',
    { setTimeout },
    '`clock.clearTimeout` must be a function; received undefined',
    'clock.clearTimeout',
  ],
];

afterEach(() => vi.unstubAllGlobals());

describe('the options of webSocketConnector', () => {
  it.each(bad)('refuses %s = %o at creation', (option, value, message, named = option) => {
    const create = () =>
      webSocketConnector({ ...good, [option]: value } as WebSocketConnectorOptions);
    expect(create).toThrow(InvalidOptionError);
    expect(create).toThrow(expect.objectContaining({ option: named, message }));
  });

  it.each([
    { url: new URL('wss://localhost/x?y') },
    { url: urlOfAnotherRealm('wss://localhost/x?y') },
    { url: () => 'x', protocols: () => 'y', socketOptions: () => ({}) },
    { protocols: [] },
    { protocols: ['graphql-transport-ws', 'chat.v1'] },
    { closeTimeoutMs: 0 },
    { closeTimeoutMs: 2 ** 31 - 1 },
    { closeCode: 3000 },
    { closeCode: 4999 },
    { readAheadBytes: 1 },
    { readAheadBytes: Infinity, highWaterMark: 0 },
    { onOverflow: 'pause' as const },
    { onOverflow: 'end' as const },
    { heartbeat: {} },
    { heartbeat: false as const },
    { silenceMs: 1 },
    { maxAgeMs: 1, maxAgeSpreadMs: 0 },
    { maxAgeMs: 2 ** 31 - 1, maxAgeSpreadMs: 2 ** 31 - 1 },
    { silenceMs: 2 ** 31 - 1 },
    { heartbeat: { intervalMs: 1, timeoutMs: 2 ** 31 - 1 } },
    { clock },
  ])('accepts the bound %o', (options) => {
    expect(() => webSocketConnector({ ...good, ...options })).not.toThrow();
  });

  it('hands on retryDelay, and has none of its own', () => {
    const own = { retryDelay: () => Break() };
    expect(webSocketConnector({ ...good, ...own })).toMatchObject(own);
    expect(webSocketConnector(good)).not.toHaveProperty('retryDelay');
  });

  it.each([
    [true, true],
    [false, false],
    [undefined, 'permanent'],
  ] as const)(
    'asks isRetryable first, and the table if it answers undefined: %s',
    (answer, verdict) => {
      const { isRetryable } = webSocketConnector({ ...good, isRetryable: () => answer });
      const facts = { phase: 'connect', attempt: 0, epoch: 0, hasBeenStable: false } as const;
      const refused = new UpgradeRefusedError('ws://localhost/', 404);
      expect(isRetryable?.(refused, facts)).toBe(verdict);
    },
  );

  it('needs a heartbeat message for a WebSocket that cannot ping', () => {
    const create = (heartbeat: object) =>
      webSocketConnector({ ...good, WebSocket: PlainWebSocket, heartbeat });
    expect(() => create({})).toThrow(
      '`heartbeat.message` must be set, or `silenceMs` in place of a heartbeat: this WebSocket reports no pong',
    );
    expect(() => create({ message: 'ping' })).not.toThrow();
    const anonymous = (() => {}) as never;
    expect(() => webSocketConnector({ ...good, WebSocket: anonymous, heartbeat: {} })).toThrow(
      '`heartbeat.message`',
    );
  });

  it('pauses no WebSocket that cannot be paused', () => {
    const create = (onOverflow: 'pause' | 'end', one: unknown) =>
      webSocketConnector({ ...good, WebSocket: one as WebSocketClass, onOverflow });
    for (const one of [PlainWebSocket, () => {}]) {
      expect(() => create('pause', one)).toThrow(
        '`onOverflow` must be \'end\': this WebSocket cannot be paused; received "pause"',
      );
      expect(() => create('end', one)).not.toThrow();
    }
  });

  it('where there is no WebSocket at all, says what to do at the first attempt: a page is rendered there', async () => {
    vi.stubGlobal('WebSocket', undefined);
    const { WebSocket: _, ...rest } = good;
    const connector = webSocketConnector({ ...rest, onOverflow: 'end' });
    const error = await rejection(run(connector));
    expect(error).toBeInstanceOf(InvalidOptionError);
    expect(error).toMatchObject({
      option: 'WebSocket',
      message:
        '`WebSocket` must be a class, such as that of the package `ws`: this platform has no WebSocket; received undefined',
    });
  });

  it('takes the global WebSocket that is there by the first attempt', async () => {
    vi.stubGlobal('WebSocket', undefined);
    const { WebSocket: _, ...rest } = good;
    const connector = webSocketConnector({ ...rest, heartbeat: {} });
    vi.stubGlobal('WebSocket', PlainWebSocket);
    expect(await rejection(run(connector))).toMatchObject({ option: 'heartbeat.message' });
  });

  it('takes each class without a cast', () => {
    const create = () => classes.map((one) => webSocketConnector({ ...good, WebSocket: one }));
    expect(create).not.toThrow();
  });

  it('needs no URL.canParse: Safari 16 and React Native have none', () => {
    const { canParse } = URL;
    onTestFinished(() => void Object.assign(URL, { canParse }));
    Object.assign(URL, { canParse: undefined });
    expect(() => webSocketConnector(good)).not.toThrow();
    expect(() => webSocketConnector({ ...good, url: 'nowhere' })).toThrow('an absolute URL');
  });

  it('of Node are told to its own WebSocket, and what that ignores is refused', async () => {
    const emit = vi.spyOn(process, 'emitWarning').mockReturnValue();
    onTestFinished(() => emit.mockRestore());
    const seconds: unknown[] = [];
    class Nodes extends PlainWebSocket {
      constructor(url: string, second: unknown = []) {
        super(url, []);
        seconds.push(second);
      }
    }
    vi.stubGlobal('WebSocket', Nodes);
    const { WebSocket: _, ...rest } = good;
    const create = (socketOptions: object) => () =>
      webSocketConnector({ ...rest, WebSocket: Nodes, socketOptions });
    expect(create({ headers: {}, dispatcher: {} })).not.toThrow();
    for (const socketOptions of [{ headers: { a: 'b' } }, undefined]) {
      const where = { ...rest, url: 'ws://127.0.0.1:1/', protocols: 'p', WebSocket: Nodes };
      const connector = webSocketConnector({ ...where, ...(socketOptions && { socketOptions }) });
      await rejection(connector.connect(firstAttempt().attempt));
    }
    expect(seconds).toEqual([{ protocols: ['p'], headers: { a: 'b' } }, ['p']]);
    expect(create({ ca: 'x' })).toThrow('`socketOptions.ca` must be left out');
    const withUser = { ...rest, WebSocket: Nodes, url: () => 'ws://me:secret@127.0.0.1:1/' };
    const error = await rejection(webSocketConnector(withUser).connect(firstAttempt().attempt));
    expect(String(error)).toContain('`url` must be without a user');
    expect(String(error)).not.toContain('secret');
    expect(seconds).toHaveLength(2);
    expect(emit).not.toHaveBeenCalled();
    webSocketConnector(rest);
    webSocketConnector(rest);
    expect(emit).toHaveBeenCalledExactlyOnceWith(expect.stringContaining('`ws`'), {
      code: 'SCHMOOZER_NODE_WEBSOCKET',
    });
  });

  it('takes the global WebSocket where there is one', () => {
    vi.stubGlobal('WebSocket', PlainWebSocket);
    const { WebSocket: _, ...rest } = good;
    expect(() => webSocketConnector(rest)).not.toThrow();
  });
});
