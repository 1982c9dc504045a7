import { Break } from 'schmoozer';
import { tcpConnector, type TcpConnectorOptions } from 'schmoozer/tcp';
import { webSocketConnector } from 'schmoozer/websocket';
import { describe, expect, it } from 'vitest';

const run = async () => Break(undefined);

describe('the key that a connector gives a limiter', () => {
  it.each<[object, string | undefined]>([
    [{ host: 'db.example', port: 5432 }, 'db.example:5432'],
    [{ path: '/run/db.sock' }, '/run/db.sock'],
    [{ target: { host: '::1', port: 1, tls: true } }, '::1:1'],
    [{ target: { path: '/run/db.sock' } }, '/run/db.sock'],
    [{ host: () => 'db.example', port: 5432 }, undefined],
    [{ host: 'db.example', port: async () => 5432 }, undefined],
    [{ target: () => ({ host: 'db.example', port: 1 }) }, undefined],
  ])('over TCP to %o is %s', (where, key) => {
    const options = { run, ...where } as unknown as TcpConnectorOptions<void>;
    expect(tcpConnector(options).limiterKey).toBe(key);
  });

  it.each([
    ['ws://feed.example/a?token=secret', 'feed.example:80'],
    ['wss://user:secret@feed.example', 'feed.example:443'],
    [new URL('ws://[::1]:8080/b'), '[::1]:8080'],
    ['wss://[::1]', '[::1]:443'],
    [() => 'ws://feed.example', undefined],
  ])('over a WebSocket to %s is %s', (url, key) => {
    expect(webSocketConnector({ url, run }).limiterKey).toBe(key);
  });
});
