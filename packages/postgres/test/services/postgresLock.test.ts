import { createServer } from 'node:net';
import pg from 'pg';
import type { LockHold } from 'schmoozer/exclusive';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  closedPort,
  listening,
  openSockets,
  rejection,
} from '../../../../test/support/loopback.js';
import { startProxy } from '../../../../test/support/proxy.js';
import { uniqueName } from '../../../../test/support/serviceLoop.js';
import { throughPort, urlOf } from '../../../../test/support/services.js';
import { until } from '../../../../test/support/until.js';
import { postgresLock, type PostgresLockOptions } from '../../src/index.js';
import { isPostgresMissing } from '../support/skipped.js';

const url = urlOf('Postgres');

/** Asks the server beside the lock. */
async function ask(text: string, values: unknown[] = []): Promise<Record<string, unknown>[]> {
  const client = new pg.Client(url.href);
  await client.connect();
  try {
    return (await client.query(text, values)).rows as Record<string, unknown>[];
  } finally {
    await client.end();
  }
}

/** A lock of a name of its own, in a table of its own, at the real Postgres. */
function world(options: Partial<PostgresLockOptions> = {}, at = url.href) {
  const name = uniqueName();
  const table = name.replaceAll('-', '_');
  onTestFinished(() => ask(`drop table if exists ${table}`).then(() => {}));
  const make = () => {
    const client = () => new pg.Client({ connectionString: at, application_name: name });
    return postgresLock({ client, table, lifeMs: 1000, pollMs: 20, ...options });
  };
  const acquire = async (signal = new AbortController().signal): Promise<LockHold> => {
    const hold = await make().acquire({ name, signal });
    onTestFinished(() => hold.release().then(() => {}));
    return hold;
  };
  /** The sessions of this test that the server knows. */
  const sessions = () =>
    ask('select pid from pg_stat_activity where application_name = $1', [name]);
  const gone = () => until('no session is left', async () => (await sessions()).length === 0);
  return { name, table, acquire, sessions, gone };
}

describe.skipIf(isPostgresMissing)('postgresLock', () => {
  it('is held by one, and by the next when that one has released it, with a greater number', async () => {
    const { acquire, gone } = world();
    const first = await acquire();
    let isNext = false;
    const waiting = acquire().then((hold) => {
      isNext = true;
      return hold;
    });
    const other = await world().acquire();
    expect(isNext).toBe(false);
    await first.release();
    const next = await waiting;
    expect(next.fence).toBeGreaterThan(first.fence);
    expect([next.lost.aborted, other.lost.aborted]).toEqual([false, false]);
    await next.release();
    await gone();
  });

  it('outlives its life by far while it is renewed', async () => {
    const { acquire, sessions } = world();
    const hold = await acquire();
    const end = performance.now() + 3000;
    await until('three lives are over', () => performance.now() > end);
    expect(hold.lost.aborted).toBe(false);
    expect(await sessions()).toHaveLength(1);
  });

  it('counts from the time, or on from a greater number, and makes its table once for all', async () => {
    const { acquire, name, table } = world();
    const first = await acquire();
    expect(Math.abs(first.fence - Date.now())).toBeLessThan(60_000);
    await first.release();
    await ask(`update ${table} set fence = $1 where name = $2`, [2 ** 52, name]);
    expect((await acquire()).fence).toBe(2 ** 52 + 1);
  });

  it('does not mind that several make the table at once', async () => {
    const { table } = world();
    const worlds = Array.from({ length: 8 }, () => world({ table }));
    const holds = await Promise.all(worlds.map(({ acquire }) => acquire()));
    expect(holds.every(({ lost }) => !lost.aborted)).toBe(true);
  });

  it('is lost at once when the server ends its session', async () => {
    const { acquire, sessions } = world({ lifeMs: 60_000 });
    const hold = await acquire();
    const [session] = await sessions();
    await ask('select pg_terminate_backend($1)', [session?.['pid']]);
    await until('it is lost', () => hold.lost.aborted);
    await hold.release();
  });

  it('is gone at the server when nothing has come for a life, though the connection is open', async () => {
    const proxy = await startProxy(url.hostname, Number(url.port));
    onTestFinished(() => proxy[Symbol.asyncDispose]());
    const { acquire, gone } = world({}, throughPort(url, proxy.port));
    const hold = await acquire();
    const sinceMs = performance.now();
    proxy.silence();
    await until('it is lost', () => hold.lost.aborted);
    expect(performance.now() - sinceMs).toBeLessThan(1000);
    await gone();
    // The goodbye is not heard: the socket is closed without an answer.
    await hold.release();
  });

  it('rejects what cannot be connected to, and what refuses', async () => {
    const nobody = throughPort(url, await closedPort());
    expect(await rejection(world({}, nobody).acquire())).toMatchObject({ code: 'ECONNREFUSED' });
    const elsewhere = new URL(url);
    elsewhere.pathname = '/no_such_database';
    expect(await rejection(world({}, elsewhere.href).acquire())).toMatchObject({ code: '3D000' });
  });

  it('rejects when it may not count, and leaves no session', async () => {
    const { acquire, gone } = world({ table: 'pg_catalog.pg_class' });
    expect(await rejection(acquire())).toMatchObject({ code: expect.any(String) });
    await gone();
  });

  it('gives up a server that accepts and says nothing after a life, and at once when it is not wanted', async () => {
    const port = await listening(createServer((socket) => void socket.resume()));
    const { acquire } = world({ lifeMs: 500 }, throughPort(url, port));
    const before = openSockets();
    expect(await rejection(acquire())).toMatchObject({ code: 'ERR_LOCK' });
    const controller = new AbortController();
    const waiting = rejection(acquire(controller.signal));
    controller.abort(new Error('enough'));
    expect(await waiting).toMatchObject({ message: 'enough' });
    await until('every socket is closed', () => openSockets() <= before);
  });

  it('is not wanted any more while another holds it: its session is gone', async () => {
    const { acquire, sessions } = world();
    await acquire();
    const controller = new AbortController();
    const waiting = rejection(acquire(controller.signal));
    await until('both are there', async () => (await sessions()).length === 2);
    controller.abort(new Error('enough'));
    expect(await waiting).toMatchObject({ message: 'enough' });
    await until('one is left', async () => (await sessions()).length === 1);
  });

  it('rejects with what the function throws', async () => {
    const error = new Error('no address');
    const lock = postgresLock({
      client() {
        throw error;
      },
    });
    const { signal } = new AbortController();
    expect(await rejection(lock.acquire({ name: 'x', signal }))).toBe(error);
  });
});
