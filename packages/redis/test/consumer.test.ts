import { firstAttempt } from '../../../test/support/attempt.js';
import { rejection } from '../../../test/support/loopback.js';
import { until } from '../../../test/support/until.js';
import { describe, expect, it } from 'vitest';
import type { RedisStreamOptions } from '../src/ioredis.js';
import { stream } from '../src/stream.js';
import { reading, scriptedConnection } from './support/scriptedConnection.js';

const quiet = {
  url: 'redis://host',
  stream: 'stream',
  group: 'group',
  consumer: 'me',
  onMessage() {},
};

/** A consumer in its session, with a server that is the test. */
async function consumer(options: Partial<RedisStreamOptions> = {}) {
  const server = scriptedConnection();
  const begun: string[] = [];
  let release!: () => void;
  const released = new Promise<void>((resolve) => (release = resolve));
  const connector = stream(server.open, {
    ...quiet,
    heartbeatMs: 8000,
    minIdleMs: 60_000,
    onMessage({ id }) {
      begun.push(id);
      return released;
    },
    ...options,
  });
  const stop = new AbortController();
  const connection = await connector.connect(firstAttempt().attempt);
  const running = Promise.resolve(connector.run(connection, { epoch: 1, signal: stop.signal }));
  const reads = server.of.bind(undefined, 'XREADGROUP');
  await until('it reads', () => reads().length === 1);
  return {
    server,
    begun,
    release,
    running,
    reads,
    stop: () => stop.abort(),
    disconnect: () => connector.disconnect?.(connection),
  };
}

const blockOf = ({ args }: { readonly args: readonly string[] } = { args: [] }) =>
  args.includes('BLOCK') ? Number(args[args.indexOf('BLOCK') + 1]) : 0;

describe('a consumer of a group', () => {
  it('has the server wait only when there was nothing: half a heartbeat, or 50 ms while it holds a message', async () => {
    const { reads, begun, stop, release, running, server, disconnect } = await consumer({
      maxInFlight: 2,
    });
    expect(blockOf(reads()[0])).toBe(0);
    reads()[0]?.answer(null);
    await until('it reads again', () => reads().length === 2);
    expect(blockOf(reads()[1])).toBe(4000);
    reads()[1]?.answer(reading('1-0'));
    await until('it reads again', () => reads().length === 3);
    expect([begun, blockOf(reads()[2])]).toEqual([['1-0'], 0]);
    reads()[2]?.answer(null);
    await until('it reads again', () => reads().length === 4);
    expect(blockOf(reads()[3])).toBe(50);
    stop();
    release();
    reads()[3]?.answer(null);
    await until('it acknowledges', () => server.of('XACK').length === 1);
    server.of('XACK')[0]?.answer(1);
    await running;
    await disconnect();
  });

  it('reads no more than it can begin with', async () => {
    const { reads, begun, server, stop, release, running, disconnect } = await consumer();
    expect(reads()[0]?.args).toContain('1');
    reads()[0]?.answer(reading('1-0'));
    await until('it has begun', () => begun.length === 1);
    await new Promise(setImmediate);
    expect(reads()).toHaveLength(1);
    release();
    await until('it reads again, right after the acknowledgement', () => reads().length === 2);
    expect(server.of('XACK').map(({ args }) => args)).toEqual([['XACK', 'stream', 'group', '1-0']]);
    server.of('XACK')[0]?.answer(1);
    stop();
    reads()[1]?.answer(null);
    await running;
    await disconnect();
  });

  it('gives back what comes after the stop, uncounted, and for another consumer at once', async () => {
    const { reads, begun, server, stop, running, disconnect } = await consumer();
    stop();
    reads()[0]?.answer(reading('1-0'));
    await until('it gives it back', () => server.of('XCLAIM').length === 1);
    const [claim] = server.of('XCLAIM');
    const how = ['0', '1-0', 'IDLE', '60000', 'RETRYCOUNT', '0', 'JUSTID'];
    expect(claim?.args).toEqual(['XCLAIM', 'stream', 'group', 'me', ...how]);
    let isOver = false;
    void running.then(() => (isOver = true));
    await new Promise(setImmediate);
    expect(isOver).toBe(false);
    claim?.answer([]);
    await running;
    await disconnect();
    expect(begun).toEqual([]);
  });

  it('renews its message for as long as the handler works, also after the stop', async () => {
    const { reads, begun, server, stop, release, running, disconnect } = await consumer({
      minIdleMs: 1000,
    });
    reads()[0]?.answer(reading('1-0'));
    await until('it has begun', () => begun.length === 1);
    stop();
    const own = () => server.of('XPENDING').filter(({ args }) => args[4] === '100');
    await until('it looks whether it is idle', () => own().length === 2);
    expect(own()[1]?.args.slice(3)).toEqual(['IDLE', '100', '-', '+', '1', 'me']);
    release();
    await until('it acknowledges', () => server.of('XACK').length === 1);
    server.of('XACK')[0]?.answer(1);
    await running;
    await disconnect();
  });

  it('does not wait for a server that says nothing', async () => {
    const { reads, server, stop, running, disconnect } = await consumer();
    stop();
    reads()[0]?.answer(reading('1-0'));
    await until('it gives it back', () => server.of('XCLAIM').length === 1);
    const since = performance.now();
    await running;
    expect(performance.now() - since).toBeLessThan(5000);
    await disconnect();
  });

  it('ends the connection by the error of a command', async () => {
    const { reads, server, stop, running, disconnect } = await consumer();
    const error = new Error('NOGROUP No such key');
    reads()[0]?.refuse(error);
    expect(await server.ended).toEqual({ error });
    stop();
    await running;
    await disconnect();
  });

  it('ends a connection whose PING is not answered', async () => {
    const server = scriptedConnection();
    const open: typeof server.open = (...args) => {
      const connection = server.open(...args);
      return {
        ...connection,
        send: (...parts) =>
          parts[0] === 'PING' ? new Promise(() => {}) : connection.send(...parts),
      };
    };
    const connector = stream(open, {
      ...quiet,
      heartbeatMs: 20,
    });
    const connection = await connector.connect(firstAttempt().attempt);
    expect(await connector.closed?.(connection)).toMatchObject({
      error: { message: 'the Redis server left a PING unanswered for 20 ms' },
    });
  });

  it('rejects with what `login` throws, or with what it answers if that is no login', async () => {
    const { open } = scriptedConnection();
    const connector = (login: () => never) =>
      stream(open, {
        ...quiet,
        login,
      });
    const { attempt } = firstAttempt();
    const error = new Error('no token');
    const throwing = connector(() => {
      throw error;
    });
    expect(await rejection(throwing.connect(attempt))).toBe(error);
    const odd = connector(() => ({ password: 7, secret: 'hunter2' }) as never);
    const refused = String(await rejection(odd.connect(attempt)));
    expect(refused).toContain('`login`');
    expect(refused).not.toContain('hunter2');
  });
});
