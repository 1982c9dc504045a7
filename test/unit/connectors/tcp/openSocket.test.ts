import { once } from 'node:events';
import { createServer } from 'node:net';
import type { LookupFunction } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { Break, InvalidOptionError } from 'schmoozer';
import { isRetryableTcpError, tcpConnector, type TcpConnectorOptions } from 'schmoozer/tcp';
import { describe, expect, it } from 'vitest';
import { attempts, firstAttempt } from '../../../support/attempt.js';
import { fullServer } from '../../../support/fullServer.js';
import {
  closedPort,
  listenersOn,
  listening,
  openSockets,
  rejection,
  watchSockets,
} from '../../../support/loopback.js';

const run = async () => Break();
const connector = (options: Omit<TcpConnectorOptions, 'run'>) => tcpConnector({ ...options, run });
const hasIPv6 = Object.values(networkInterfaces())
  .flat()
  .some((one) => one?.address === '::1');

describe('connect over TCP', () => {
  it('resolves to a connected socket at 127.0.0.1', () => connectsTo('127.0.0.1'));

  it('resolves to a connected socket at ::1', async ({ skip }) => {
    if (!hasIPv6) skip('this machine has no IPv6 loopback');
    await connectsTo('::1');
  });

  async function connectsTo(host: string): Promise<void> {
    const server = createServer();
    const port = await listening(server, host);
    const { attempt } = firstAttempt();
    const socket = await connector({ host, port }).connect(attempt);
    expect(socket).toMatchObject({ remoteAddress: host, remotePort: port, connecting: false });
    expect(listenersOn(attempt.signal)).toBe(0);
    // One for its life, and one that sees the end of the session.
    expect([socket.listenerCount('connect'), socket.listenerCount('error')]).toEqual([0, 2]);
    socket.destroy();
  }

  it('rejects with ECONNREFUSED, which is retryable, and leaves no listener', async () => {
    const sockets = watchSockets();
    const { attempt } = firstAttempt();
    const port = await closedPort();
    const error = await rejection(connector({ host: '127.0.0.1', port }).connect(attempt));
    expect(error).toMatchObject({ code: 'ECONNREFUSED' });
    expect(isRetryableTcpError(error)).toBe(true);
    expect(listenersOn(attempt.signal)).toBe(0);
    expect(sockets.map(({ destroyed }) => destroyed)).toEqual([true]);
  });

  it('rejects with ENOENT and the path when there is no such socket in the file system', async () => {
    const path = join(tmpdir(), 'schmoozer-none.sock');
    const { attempt } = firstAttempt();
    const error = await rejection(tcpConnector({ path, run }).connect(attempt));
    expect(error).toMatchObject({ code: 'ENOENT', message: expect.stringContaining(path) });
    expect(listenersOn(attempt.signal)).toBe(0);
  });

  it('rejects when a name does not resolve: retryable, whether the resolver is reached or not', async () => {
    const { attempt } = firstAttempt();
    const error = await rejection(connector({ host: 'x.invalid', port: 1 }).connect(attempt));
    expect(['ENOTFOUND', 'EAI_AGAIN']).toContain((error as { code: string }).code);
    expect(isRetryableTcpError(error)).toBe(true);
  });

  it('asks `lookup` for the address, and rejects when all addresses refuse', async () => {
    const port = await closedPort();
    const lookup: LookupFunction = (_name, _options, done) =>
      done(null, [
        { address: '127.0.0.1', family: 4 },
        { address: '127.0.0.2', family: 4 },
      ]);
    const { attempt } = firstAttempt();
    const error = await rejection(connector({ host: 'two', port, lookup }).connect(attempt));
    expect(error).toBeInstanceOf(AggregateError);
    expect(isRetryableTcpError(error)).toBe(true);
    const { message, stack, name } = error as AggregateError;
    expect(message).toBe(
      `connect to two:${port} failed: ECONNREFUSED 127.0.0.1:${port}; ECONNREFUSED 127.0.0.2:${port}`,
    );
    // What a logger shows.
    expect(stack?.split('\n')[0]).toBe(`${name}: ${message}`);
    expect(inspect(error)).toContain(message);
  });

  it('rejects with what Node throws at once, such as a certificate that is not PEM: fatal', async () => {
    const { attempt } = firstAttempt();
    const tls = { cert: 'no PEM' };
    const connect = connector({ host: '127.0.0.1', port: 1, tls }).connect(attempt);
    const error = await rejection(connect);
    expect(error).toMatchObject({ code: 'ERR_OSSL_PEM_NO_START_LINE' });
    expect(isRetryableTcpError(error)).toBe(false);
    expect(listenersOn(attempt.signal)).toBe(0);
  });

  it('sets noDelay and keepAlive with its delay, and neither unasked', async () => {
    const port = await listening(createServer());
    const calls = async (options: Partial<TcpConnectorOptions>) => {
      const sockets = watchSockets();
      const seen: unknown[] = [];
      const connecting = connector({ host: '127.0.0.1', port, ...options }).connect(
        firstAttempt().attempt,
      );
      await new Promise(process.nextTick);
      const [made] = sockets;
      if (made === undefined) throw new Error('no socket was made');
      made.setNoDelay = (...args) => (seen.push(['setNoDelay', ...args]), made);
      made.setKeepAlive = (...args) => (seen.push(['setKeepAlive', ...args]), made);
      (await connecting).destroy();
      return seen;
    };
    expect(await calls({})).toEqual([]);
    expect(await calls({ keepAliveDelayMs: 1000 })).toEqual([['setKeepAlive', true, 1000]]);
    expect(await calls({ keepAlive: false, keepAliveDelayMs: 1000 })).toEqual([]);
    expect(await calls({ noDelay: true, keepAlive: true, keepAliveDelayMs: 5000 })).toEqual([
      ['setNoDelay', true],
      ['setKeepAlive', true, 5000],
    ]);
  });
});

describe('host, port and tls as functions', () => {
  it('are asked at each attempt, also asynchronously', async () => {
    const first = createServer();
    const second = createServer();
    const ports = [await listening(first), await listening(second)];
    const seen: unknown[] = [];
    const { connect } = connector({
      host: async () => '127.0.0.1',
      port: (attempt) => {
        seen.push(attempt);
        return ports[seen.length - 1] as number;
      },
      tls: async () => false,
    });
    const { attempt } = firstAttempt();
    for (const remotePort of ports) {
      const socket = await connect(attempt);
      expect(socket).toMatchObject({ remotePort });
      socket.destroy();
    }
    expect(seen).toEqual([attempt, attempt]);
  });

  it.each([
    ['host', { host: () => '' }],
    ['port', { port: () => 0 }],
    ['tls', { tls: () => 'yes' as unknown as boolean }],
    ['tls', { tls: () => undefined as unknown as boolean }],
  ])('reject with InvalidOptionError, which is fatal, on a bad %s', async (option, options) => {
    const { connect } = connector({ host: '127.0.0.1', port: 1, ...options });
    const error = await rejection(connect(firstAttempt().attempt));
    expect(error).toBeInstanceOf(InvalidOptionError);
    expect(error).toMatchObject({ option });
    expect(isRetryableTcpError(error)).toBe(false);
  });

  it('reject with what they throw', async () => {
    const error = new Error('no address today');
    const { connect } = connector({
      host: () => {
        throw error;
      },
      port: 1,
    });
    const { attempt } = firstAttempt();
    expect(await rejection(connect(attempt))).toBe(error);
    expect(listenersOn(attempt.signal)).toBe(0);
  });

  it.each(attempts)(
    'are dropped by an abort, and what they reject with later harms nobody, for $whose',
    async ({ makeAttempt }) => {
      const reason = new Error('stop');
      const sockets = watchSockets();
      let fail = (_error: Error) => {};
      const host = () => new Promise<string>((_resolve, reject) => (fail = reject));
      const { attempt, abort, listeners } = makeAttempt();
      const connecting = rejection(connector({ host, port: 1 }).connect(attempt));
      await new Promise(setImmediate);
      abort(reason);
      expect(await connecting).toBe(reason);
      fail(new Error('late'));
      await new Promise(setImmediate);
      expect(listeners()).toBe(0);
      expect(sockets).toEqual([]);
    },
  );
});

describe.each(attempts)('an abort of an attempt of $whose', ({ makeAttempt }) => {
  const reason = new Error('stop');

  it('before the start, or by an option that answers at once, opens nothing', async () => {
    const sockets = watchSockets();
    const early = makeAttempt();
    early.abort(reason);
    const { connect } = connector({ host: '127.0.0.1', port: 1 });
    expect(await rejection(connect(early.attempt))).toBe(reason);

    const late = makeAttempt();
    const connecting = rejection(connect(late.attempt));
    late.abort(reason);
    expect(await connecting).toBe(reason);
    expect(sockets).toEqual([]);
  });

  it('in the tick after the answers are known opens nothing', async () => {
    const sockets = watchSockets();
    for (let ticks = 0; ticks < 12; ticks++) {
      const { attempt, abort, listeners } = makeAttempt();
      const { connect } = connector({ host: '127.0.0.1', port: 1 });
      const connecting = rejection(connect(attempt));
      for (let i = 0; i < ticks; i++) await Promise.resolve();
      abort(reason);
      expect(await connecting).toBe(reason);
      expect(listeners()).toBe(0);
    }
    expect(sockets.filter(({ destroyed }) => !destroyed)).toEqual([]);
  });

  it('during the look-up destroys the socket at once; the late answer opens nothing', async () => {
    const sockets = watchSockets();
    const server = createServer();
    const port = await listening(server);
    let answer = () => {};
    const asked = new Promise<void>((resolve) => {
      lookup = (_name, _options, done) => {
        answer = () => done(null, [{ address: '127.0.0.1', family: 4 }]);
        resolve();
      };
    });
    const { attempt, abort, listeners } = makeAttempt();
    const connecting = rejection(
      connector({ host: 'name', port, lookup: (...args) => lookup(...args) }).connect(attempt),
    );
    await asked;
    abort(reason);
    expect(sockets.map(({ destroyed }) => destroyed)).toEqual([true]);
    expect(await connecting).toBe(reason);
    answer();
    await new Promise(setImmediate);
    expect(await connectionsOf(server)).toBe(0);
    expect(listeners()).toBe(0);
  });
  let lookup: LookupFunction;

  it('during the TCP connect destroys the socket at once', async ({ skip }) => {
    if (process.platform !== 'linux')
      skip('only Linux is known to drop what a full queue lacks room for');
    const port = await fullServer();
    const sockets = watchSockets();
    const { attempt, abort, listeners } = makeAttempt();
    const connecting = rejection(connector({ host: '127.0.0.1', port }).connect(attempt));
    for (let i = 0; i < 10; i++) await new Promise(setImmediate);
    expect(sockets.map((one) => one.connecting)).toEqual([true]);
    const before = openSockets();
    abort(reason);
    expect(sockets.map(({ destroyed }) => destroyed)).toEqual([true]);
    expect(await connecting).toBe(reason);
    await once(sockets[0] as NodeJS.EventEmitter, 'close');
    expect(openSockets()).toBeLessThan(before);
    expect(listeners()).toBe(0);
  });
});

function connectionsOf(server: ReturnType<typeof createServer>): Promise<number> {
  return new Promise((resolve, reject) => {
    server.getConnections((error, count) => (error ? reject(error) : resolve(count)));
  });
}
