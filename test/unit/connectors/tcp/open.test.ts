import { once } from 'node:events';
import { connect as connectTcp, createServer, type Socket } from 'node:net';
import { Duplex, duplexPair } from 'node:stream';
import { createServer as createTlsServer, TLSSocket } from 'node:tls';
import { Break, Continue, createReconnectActor, InvalidOptionError } from 'schmoozer';
import { closed, lines, tcpConnector, type TcpConnectorOptions, write } from 'schmoozer/tcp';
import { virtualClock } from 'schmoozer/testing';
import { describe, expect, it } from 'vitest';
import { attempts, firstAttempt } from '../../../support/attempt.js';
import { certificateFor } from '../../../support/certificate.js';
import { closedPort, listening, pair, rejection } from '../../../support/loopback.js';
import { until } from '../../../support/until.js';

const host = '127.0.0.1';
const certificate = certificateFor('server.test');
type Options = TcpConnectorOptions<void, Duplex>;

const connectorOf = (open: unknown, options: Partial<Options> = {}) =>
  tcpConnector<void, Duplex>({
    host: 'server.test',
    port: 7,
    run: async () => Break(),
    open: open as NonNullable<Options['open']>,
    ...options,
  });

/** A stream that is no socket, and its other end. */
function streams(): { ours: Duplex; theirs: Duplex } {
  const [ours, theirs] = duplexPair();
  theirs.on('error', () => {});
  return { ours, theirs };
}

describe('open', () => {
  it('gives a stream of a test `closeTimeoutMs` to end, on the clock of the test', async () => {
    const { ours, theirs } = streams();
    theirs.resume();
    const clock = virtualClock();
    const connector = connectorOf(() => ours, { clock, closeTimeoutMs: 300 });
    const released = connector.disconnect?.(await connector.connect(firstAttempt().attempt));
    await clock.advance(299);
    expect([ours.destroyed, clock.pending]).toEqual([false, [1]]);
    await clock.advance(1);
    expect(ours.destroyed).toBe(true);
    await released;
  });

  it('is told where to and what connect is, and waits for what it answers to be connected', async () => {
    const port = await listening(createServer((peer) => peer.write('hello\n')));
    const told: unknown[] = [];
    const { attempt, listeners } = firstAttempt();
    const open = (...args: unknown[]) => {
      told.push(...args);
      return connectTcp(port, host);
    };
    const socket = (await connectorOf(open).connect(attempt)) as Socket;
    expect(socket.connecting).toBe(false);
    expect(told).toEqual([expect.objectContaining({ host: 'server.test', port: 7 }), attempt]);
    expect(listeners()).toBe(0);
    expect(await lines(socket).next()).toMatchObject({ value: 'hello' });
    socket.destroy();
  });

  it.each([
    [
      new AggregateError(['no route', undefined, new Error('connect refused')]),
      'no route; undefined; refused',
    ],
    [Object.assign(new Error('x'), { message: { proxy: 'down' } }), '[object Object]'],
  ])('fails with an error of the stream, however odd: %#', async (error, words) => {
    const { ours } = streams();
    const connecting = rejection(
      connectorOf(() => Object.assign(ours, { connecting: true })).connect(firstAttempt().attempt),
    );
    await new Promise(setImmediate);
    ours.destroy(error);
    expect(await connecting).toBe(error);
    expect(error.message).toContain(words);
  });

  it('may answer a socket that is connected, whose session ends as any other', async () => {
    const { ours, theirs } = await pair();
    const connector = connectorOf(async () => ours);
    const socket = await connector.connect(firstAttempt().attempt);
    expect(socket).toBe(ours);
    const ended = connector.closed?.(socket);
    theirs.end('unread');
    expect(await ended).toMatchObject({ detail: { by: 'fin', unreadBytes: 6 } });
  });

  it('may answer another stream: written to, read, ended, released', async () => {
    const { ours, theirs } = streams();
    const connector = connectorOf(() => ours, { noDelay: true, keepAlive: true, silenceMs: 1 });
    const socket = await connector.connect(firstAttempt().attempt);
    const ended = connector.closed?.(socket);
    theirs.write('hello\n');
    expect(await lines(socket).next()).toMatchObject({ value: 'hello' });
    await write(socket, 'echo');
    expect(String(await once(theirs, 'data'))).toBe('echo');
    theirs.end('last\n');
    expect(await lines(socket).next()).toMatchObject({ value: 'last' });
    expect(await lines(socket).next()).toEqual({ done: true, value: undefined });
    expect(await ended).toMatchObject({ detail: { by: 'fin', unreadBytes: 0 } });
    await connector.disconnect?.(socket);
    expect(socket.destroyed).toBe(true);
    await closed(socket);
  });

  it('may answer another stream, which TLS is spoken over', async () => {
    const pem = await certificate;
    const server = createTlsServer(pem);
    const secure = once(server, 'secureConnection') as Promise<[TLSSocket]>;
    const { ours, theirs } = streams();
    server.emit('connection', theirs);
    const connector = connectorOf(() => ours, { tls: { ca: pem.cert } });
    const socket = await connector.connect(firstAttempt().attempt);
    expect(socket).toBeInstanceOf(TLSSocket);
    const [peer] = await secure;
    expect(peer.servername).toBe('server.test');
    const ended = connector.closed?.(socket);
    peer.write('hello\n');
    expect(await lines(socket).next()).toMatchObject({ value: 'hello' });
    peer.end('unread');
    expect(await ended).toMatchObject({ detail: { by: 'fin', unreadBytes: 6 } });
    await connector.disconnect?.(socket);
    expect(ours.destroyed).toBe(true);
  });

  it('fails the attempt when TLS cannot be spoken over it, and leaves nothing open', async () => {
    const pem = await certificate;
    const { ours, theirs } = streams();
    createTlsServer(pem).emit('connection', theirs);
    const untrusted = rejection(
      connectorOf(() => ours, { tls: true }).connect(firstAttempt().attempt),
    );
    expect(await untrusted).toMatchObject({ code: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
    await until('the stream to be destroyed', () => ours.destroyed);

    const bad = streams();
    const connector = connectorOf(() => bad.ours, { tls: { cert: 'no PEM' } });
    expect(await rejection(connector.connect(firstAttempt().attempt))).toMatchObject({
      code: 'ERR_OSSL_PEM_NO_START_LINE',
    });
    expect(bad.ours.destroyed).toBe(true);
  });

  it.each<[what: string, open: () => unknown, error: object]>([
    [
      'throws',
      () => {
        throw new Error('odd');
      },
      { message: 'odd' },
    ],
    [
      'rejects',
      async () => {
        throw new Error('odd');
      },
      { message: 'odd' },
    ],
    ['answers a stream that has failed', () => failed(new Error('odd')), { message: 'odd' }],
    ['answers a stream that was destroyed', () => failed(), { code: 'ERR_SOCKET_CLOSED' }],
    [
      'answers a socket that is destroyed before it connects',
      () => {
        const socket = connectTcp(1, host);
        setImmediate(() => socket.destroy());
        return socket;
      },
      { code: expect.stringMatching(/ERR_SOCKET_CLOSED|ECONNREFUSED/) },
    ],
  ])('fails the attempt when it %s', async (_what, open, error) => {
    const { attempt, listeners } = firstAttempt();
    expect(await rejection(connectorOf(open).connect(attempt))).toMatchObject(error);
    expect(listeners()).toBe(0);
  });

  function failed(error?: Error): Duplex {
    return new Duplex({ read() {} }).on('error', () => {}).destroy(error);
  }

  it('fails the attempt when its socket does not connect', async () => {
    const port = await closedPort();
    const connecting = connectorOf(() => connectTcp(port, host)).connect(firstAttempt().attempt);
    expect(await rejection(connecting)).toMatchObject({ code: 'ECONNREFUSED' });
  });

  it.each([undefined, null, 'tcp://h:1', {}])('that answers %o is a mistake', async (answer) => {
    const error = await rejection(connectorOf(() => answer).connect(firstAttempt().attempt));
    expect(error).toBeInstanceOf(InvalidOptionError);
    expect(error).toMatchObject({ option: 'open' });
  });

  it.each(attempts)(
    'that comes after the abort of $whose attempt is destroyed, and so is its error',
    async ({ makeAttempt }) => {
      const { attempt, abort, listeners } = makeAttempt();
      let resolve = (_stream: Duplex) => {};
      const late = new Promise<Duplex>((settle) => (resolve = settle));
      const connecting = rejection(connectorOf(() => late).connect(attempt));
      await new Promise(setImmediate);
      abort('enough');
      expect(await connecting).toBe('enough');
      expect(listeners()).toBe(0);
      const { ours } = await pair();
      resolve(ours);
      await once(ours, 'close');

      let reject = (_error: Error) => {};
      const rejecting = new Promise<Duplex>((_, settle) => (reject = settle));
      const other = makeAttempt();
      const second = rejection(connectorOf(() => rejecting).connect(other.attempt));
      await new Promise(setImmediate);
      other.abort('enough');
      await second;
      // The test runner fails on an unhandled rejection.
      reject(new Error('late'));
      await new Promise(setImmediate);
    },
  );

  it.each([1, 2, 3, 4, 5])(
    'that comes %i microtasks before the abort is destroyed, unless connect has resolved',
    async (microtasks) => {
      const { ours } = await pair();
      const { attempt, abort } = firstAttempt();
      let resolve = (_stream: Duplex) => {};
      const stream = new Promise<Duplex>((settle) => (resolve = settle));
      const connecting = connectorOf(() => stream).connect(attempt);
      await new Promise(setImmediate);
      resolve(ours);
      for (let i = 0; i < microtasks; i++) await Promise.resolve();
      abort('enough');
      const socket = await Promise.resolve(connecting).catch(() => undefined);
      // Who has it releases it.
      await new Promise(setImmediate);
      expect(ours.destroyed).toBe(socket === undefined);
    },
  );

  it.each(attempts)(
    'an abort of $whose attempt destroys the stream during the handshake of TLS',
    async ({ makeAttempt }) => {
      const { ours, theirs } = await pair();
      const { attempt, abort, listeners } = makeAttempt();
      const connecting = rejection(connectorOf(() => ours, { tls: true }).connect(attempt));
      await once(theirs, 'data');
      abort('enough');
      expect(await connecting).toBe('enough');
      expect(listeners()).toBe(0);
      await once(theirs.resume(), 'end');
    },
  );

  it('keeps a link up over streams that are no sockets', async () => {
    const peers: Duplex[] = [];
    const clock = virtualClock();
    const connector = connectorOf(
      () => {
        const { ours, theirs } = streams();
        peers.push(theirs);
        return ours;
      },
      {
        async run(socket, { signal }) {
          for await (const line of lines(socket, { signal })) if (line === 'stop') return Break();
          return Continue();
        },
      },
    );
    const link = createReconnectActor(connector, { clock, now: clock.now, random: () => 0.5 });
    const over = new Promise<void>((complete) => link.subscribe({ complete }));
    link.start();
    await until('a session', () => link.getSnapshot().hasTag('online'));
    peers[0]?.end('one\n');
    await until('a wait', () => link.getSnapshot().hasTag('waiting'));
    await clock.next();
    await until('another session', () => link.getSnapshot().hasTag('online'));
    peers[1]?.write('stop\n');
    peers[1]?.once('end', () => peers[1]?.end()).resume();
    await over;
    expect(link.getSnapshot().output).toMatchObject({ status: 'completed' });
  });
});
