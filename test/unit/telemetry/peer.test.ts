import { Break, run } from 'schmoozer';
import { diagnoseAll } from 'schmoozer/diagnostics';
import { tcpConnector } from 'schmoozer/tcp';
import { webSocketConnector } from 'schmoozer/websocket';
import { describe, expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { NOWHERE, whereaboutsOf } from '../../../src/telemetry/peer.js';
import { heard } from '../../support/heard.js';

describe('the peer of a connector', () => {
  /** What is published as its server and network, by a failed attempt. */
  async function published(connector: object): Promise<unknown> {
    const { unsubscribe } = diagnoseAll();
    onTestFinished(unsubscribe);
    const messages = heard('schmoozer:link:ended');
    const never = { ...connector, isRetryable: () => false };
    await expect(run(never as unknown as Parameters<typeof run>[0])).rejects.toThrow(Error);
    const { server, network } = messages[0]?.[1] ?? {};
    return { server, network };
  }
  const tcp = { transport: 'tcp', protocol: { name: undefined } };
  const runOnce = async () => Break(1);

  it('for TCP is what its options say, or its functions have answered', async () => {
    const closed = { host: '127.0.0.1', port: 1 };
    const server = { address: '127.0.0.1', port: 1 };
    expect(await published(tcpConnector({ ...closed, run: runOnce }))).toEqual({
      server,
      network: tcp,
    });
    const asked = tcpConnector({ host: () => '127.0.0.1', port: 1, run: runOnce });
    expect((asked.peer as () => unknown)()).toEqual({ port: 1, transport: 'tcp' });
    expect(await published(asked)).toEqual({ server, network: tcp });
    expect(await published(tcpConnector({ target: closed, run: runOnce }))).toMatchObject({
      server,
    });
    const target = () => closed;
    const later = tcpConnector({ target, run: runOnce });
    expect((later.peer as () => unknown)()).toEqual({ transport: 'tcp' });
    expect(await published(later)).toMatchObject({ server });
  });

  it('for a unix socket is its path', async () => {
    const path = '/tmp/schmoozer-no-such.sock';
    expect(await published(tcpConnector({ path, run: runOnce }))).toEqual({
      server: { address: path, port: undefined },
      network: { transport: 'unix', protocol: { name: undefined } },
    });
  });

  it('for a WebSocket is the host and the port of its URL, and nothing else of it', async () => {
    const network = { transport: 'tcp', protocol: { name: 'websocket' } };
    const given: [string, object][] = [
      ['ws://u:secret@127.0.0.1:1/path?token=secret', { address: '127.0.0.1', port: 1 }],
      ['wss://[::1]/', { address: '::1', port: 443 }],
    ];
    for (const [url, server] of given) {
      const options = { WebSocket, run: runOnce };
      expect(await published(webSocketConnector({ ...options, url }))).toEqual({ server, network });
      const asked = webSocketConnector({ ...options, url: () => url });
      expect((asked.peer as () => unknown)()).toEqual({ protocol: 'websocket', transport: 'tcp' });
      expect(await published(asked)).toEqual({ server, network });
    }
  });

  it('of the user’s own may be anything, or throw', async () => {
    const nothing = {
      server: { address: undefined, port: undefined },
      network: { transport: undefined, protocol: { name: undefined } },
    };
    const peers = [
      () => {
        throw new Error('no');
      },
      'host:1',
      { address: 1, port: '1', protocol: 1, transport: 'a b' },
    ];
    const connect = () => Promise.reject(new Error('no'));
    for (const peer of peers) {
      expect(await published({ peer, connect, run: runOnce })).toEqual(nothing);
    }
  });

  it.each([
    ['host.example', 'host.example'],
    ['bücher.example', 'bücher.example'],
    ['fe80::1%eth0', 'fe80::1%eth0'],
    ['/run/db.sock', '/run/db.sock'],
    ['https://me:secret@host/path?q=secret', 'https://host/path'],
    ['me:secret@host', 'an address that is not a URL, of 14 characters'],
    ['a\u001b[2J', 'an address that is not a URL, of 5 characters'],
    ['x'.repeat(300), 'x'.repeat(255)],
  ])('shows the address %j as %j', async (address, shown) => {
    const connect = () => Promise.reject(new Error('no'));
    expect(await published({ peer: { address }, connect, run: runOnce })).toMatchObject({
      server: { address: shown },
    });
  });
});

describe('where it is', () => {
  it('is the same object for peers that say the same, and another one as soon as a field differs', () => {
    const peer = { address: 'a.example', port: 1, protocol: 'amqp', transport: 'tcp' } as const;
    const first = whereaboutsOf(peer);
    expect(whereaboutsOf({ ...peer })).toBe(first);
    const others = [
      { address: 'b.example' },
      { port: 2 },
      { protocol: 'mqtt' },
      { transport: 'unix' },
    ];
    for (const other of others) expect(whereaboutsOf({ ...peer, ...other })).not.toEqual(first);
    expect(whereaboutsOf(peer)).toEqual(first);
  });

  it('is nowhere for a connector that says nothing any more', () => {
    expect(whereaboutsOf(undefined)).toBe(NOWHERE);
  });
});
