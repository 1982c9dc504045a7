import { createInspector, type InspectorOptions } from 'schmoozer/inspect';
import { describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { resolveSettings } from '../../../src/inspect/options.js';

const bad: readonly [option: string, options: object, expected: string][] = [
  ['url', { url: 'http://localhost' }, 'a ws: or wss: URL'],
  ['url', { url: 'localhost:8080' }, 'a ws: or wss: URL'],
  [
    'url',
    { url: '//localhost?token=secret' },
    'an absolute URL; received an address that is not a URL, of 24 characters',
  ],
  ['url', { url: 'ws://localhost#room' }, 'a URL without a fragment'],
  ['url', { url: 7 }, 'an absolute URL'],
  ['WebSocket', { WebSocket: 'ws' }, 'a class'],
  ['microsteps', { microsteps: 1 }, 'true or false'],
  ['allowCommands', { allowCommands: 'stop' }, 'true or false'],
  ['logger', { logger: 'console' }, 'a function'],
  ['app', { app: 'shop' }, 'an object'],
  ['app.pid', { app: { pid: 7 } }, 'left out: no such option'],
  ['app.name', { app: { name: 7 } }, 'a string'],
  ['maxBufferedBytes', { maxBufferedBytes: 0 }, 'an integer >= 1'],
  ['gracePeriodMs', { gracePeriodMs: -1 }, 'a finite number >= 0'],
  ['gracePeriodMs', { gracePeriodMs: Infinity }, 'a finite number >= 0'],
  ['backoff', { backoff: 1000 }, 'a function'],
  ['allow.contxt', { allow: { contxt: [] } }, 'the nearest is `allow.context`'],
  ['allow.0', { allow: ['password'] }, 'left out: no such option'],
  ['allow.context', { allow: { context: 'attempt' } }, 'a list of field names'],
  ['allow.error', { allow: { error: [7] } }, 'a list of field names'],
];

describe('createInspector', () => {
  it.each(bad)('refuses a bad `%s`: %j', (option, options, expected) => {
    const given = { WebSocket, ...options } as InspectorOptions;
    const matching = {
      code: 'ERR_INVALID_OPTION',
      option,
      message: expect.stringContaining(expected),
    };
    expect(() => createInspector(given)).toThrow(expect.objectContaining(matching));
  });

  it('refuses to be made where there is no class to connect with', () => {
    vi.stubGlobal('WebSocket', undefined);
    try {
      expect(() => createInspector()).toThrow(
        /`WebSocket` must be a class, such as that of the package `ws`/,
      );
    } finally {
      vi.unstubAllGlobals();
    }
  });

  it('takes the global class where there is one, and the defaults that are documented', () => {
    vi.stubGlobal('WebSocket', WebSocket);
    try {
      expect(resolveSettings({ app: { name: undefined } as never })).toMatchObject({ app: {} });
      expect(resolveSettings({})).toEqual({
        url: 'ws://localhost:8080',
        WebSocket,
        microsteps: true,
        app: {},
        allowCommands: false,
        logger: expect.any(Function),
        maxBufferedBytes: 8_388_608,
        gracePeriodMs: 1000,
        backoff: expect.any(Function),
        allow: {
          context: ['attempt', 'epoch', 'delayMs'],
          event: ['attempt', 'epoch', 'delayMs'],
          input: [],
          output: [],
          error: ['name', 'message', 'code'],
        },
      });
    } finally {
      vi.unstubAllGlobals();
    }
    const url = new URL('wss://example.org/inspect?room=1');
    expect(resolveSettings({ url, WebSocket }).url).toBe('wss://example.org/inspect?room=1');
  });
});
