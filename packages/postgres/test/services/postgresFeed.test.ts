import pg from 'pg';
import {
  constantBackoff,
  type Connector,
  createReconnectActor,
  fatal,
  type ReconnectOptions,
} from 'schmoozer';
import { describe, expect, it, onTestFinished } from 'vitest';
import { chance } from '../../../../test/support/chance.js';
import { startProxy } from '../../../../test/support/proxy.js';
import { uniqueName } from '../../../../test/support/serviceLoop.js';
import { throughPort, urlOf } from '../../../../test/support/services.js';
import { until } from '../../../../test/support/until.js';
import { postgresFeed, type PostgresFeedOptions, type PostgresQueries } from '../../src/index.js';
import { isPostgresMissing } from '../support/skipped.js';

interface Row {
  readonly id: string;
  readonly xid: string;
}
type Options = PostgresFeedOptions<Row, string>;

/** By the number of the transaction, then by the row's own: as the README says. */
const byTransaction = {
  read: async (client: PostgresQueries, table: string, after = '0/0') =>
    client.query<Row>(
      `select id, xid::text from ${table}
       where (xid, id) > ($1::xid8, $2::bigint) and xid < pg_snapshot_xmin(pg_current_snapshot())
       order by xid, id limit 7`,
      after.split('/'),
    ),
  cursorOf: ({ xid, id }: Row) => `${xid}/${id}`,
};

/** By the row's number alone, which is right only where transactions commit in its order. */
const byNumber = {
  read: async (client: PostgresQueries, table: string, after = '0') =>
    client.query<Row>(`select id, xid::text from ${table} where id > $1 order by id limit 7`, [
      after,
    ]),
  cursorOf: ({ id }: Row) => id,
};

async function connected(): Promise<pg.Client> {
  const client = new pg.Client(urlOf('Postgres').href);
  client.on('error', () => {});
  await client.connect();
  onTestFinished(() => client.end());
  return client;
}

/** A table of rows and one of the cursor, with a feed behind a proxy. */
async function world(order: typeof byTransaction = byTransaction) {
  const table = uniqueName().replaceAll('-', '_');
  const admin = await connected();
  await admin.query(
    `create table ${table} (id bigserial primary key, xid xid8 not null default pg_current_xact_id())`,
  );
  await admin.query(`create table ${table}_done (n serial, id bigint, cursor text)`);
  onTestFinished(async () => void (await admin.query(`drop table ${table}, ${table}_done`)));
  const url = urlOf('Postgres');
  const proxy = await startProxy(url.hostname, Number(url.port));
  onTestFinished(() => proxy[Symbol.asyncDispose]());

  const heard: string[] = [];
  const sessions: { epoch: number; gap: boolean; after: string | undefined }[] = [];
  const feed = (options: Partial<Options> = {}): Connector<object> =>
    postgresFeed<Row, string>({
      url: throughPort(url, proxy.port),
      channels: table,
      read: async (client, after) => (await order.read(client, table, after)).rows,
      cursorOf: order.cursorOf,
      onSession: (session) => void sessions.push(session),
      onMessage: ({ id }) => void heard.push(id),
      onError() {},
      ...options,
    });
  const start = (connector: Connector<object>, options: ReconnectOptions = {}) => {
    const actor = createReconnectActor(connector, {
      backoff: constantBackoff(5),
      stableAfterMs: 0,
      gracePeriodMs: Infinity,
      failFast: 'never',
      ...options,
    }).start();
    const isOver = () => actor.getSnapshot().status === 'done';
    const stop = async () => {
      if (!isOver()) actor.send({ type: 'stop' });
      await until('the feed has stopped', isOver);
    };
    onTestFinished(stop);
    return { actor, isOver, stop };
  };
  const insert = async (client = admin): Promise<string> => {
    const { rows } = await client.query<{ id: string }>(
      `with added as (insert into ${table} default values returning id)
       select id, pg_notify('${table}', '') from added`,
    );
    return (rows[0] as { id: string }).id;
  };
  return { table, admin, proxy, heard, sessions, feed, start, insert };
}

describe.skipIf(isPostgresMissing)('postgresFeed', () => {
  it('reads on from where it was, and tells no gap', async () => {
    const { proxy, heard, sessions, feed, start, insert } = await world();
    start(feed());
    await insert();
    await until('row 1', () => heard.length === 1);
    await proxy.refuse();
    await insert();
    await insert();
    await proxy.pass();
    await until('all rows', () => heard.length === 3);
    expect(heard).toEqual(['1', '2', '3']);
    expect(sessions.map(({ gap }) => gap)).toEqual([false, false]);
    expect(sessions.map(({ after }) => after?.split('/')[1])).toEqual([undefined, '1']);
  });

  it('finds rows of which no notification speaks', async () => {
    const { table, admin, heard, feed, start } = await world(byNumber);
    let reads = 0;
    const read: Options['read'] = async (client, after) => {
      const { rows } = await byNumber.read(client, table, after);
      reads += 1;
      return rows;
    };
    start(feed({ read, pollMs: 30 }));
    await until('it has read', () => reads > 0);
    await admin.query(`insert into ${table} default values`);
    await until('row 1', () => heard.length === 1);
  });

  it('reads by notifications alone, also by one that comes in the midst of a read', async () => {
    const { heard, table, feed, start, insert } = await world(byNumber);
    let release!: () => void;
    const released = new Promise<void>((resolve) => (release = resolve));
    const reads: (string | undefined)[] = [];
    const read: Options['read'] = async (client, after) => {
      const { rows } = await byNumber.read(client, table, after);
      reads.push(after);
      if (reads.length === 1) {
        await released;
        // The notification comes before the answer.
        await client.query('select 1');
      }
      return rows;
    };
    start(feed({ read, pollMs: Infinity }));
    await until('it reads', () => reads.length === 1);
    await insert();
    release();
    await until('row 1', () => heard.length === 1);
    await until('it has read all', () => reads.length >= 3);
    await insert();
    await until('row 2', () => heard.length === 2);
  });

  describe('of a transaction that commits after a later one', () => {
    /** Takes number 1, commits after number 2; then number 3 comes. */
    const late = async (order: typeof byTransaction) => {
      const { heard, admin, feed, start, insert, table } = await world(order);
      const slow = await connected();
      await slow.query('begin');
      await insert(slow);
      let reads = 0;
      const read: Options['read'] = async (client, after) => {
        reads += 1;
        return (await order.read(client, table, after)).rows;
      };
      start(feed({ read, pollMs: 20 }));
      await insert(admin);
      const before = reads;
      await until('it has read', () => reads > before + 2);
      const early = [...heard];
      await slow.query('commit');
      await insert(admin);
      await until('the last row', () => heard.includes('3'));
      return { early, heard };
    };

    it('waits for it, by the number of the transaction', async () => {
      expect(await late(byTransaction)).toEqual({ early: [], heard: ['1', '2', '3'] });
    });

    // What the README warns of; it shows that the test above can fail.
    it('loses it, by the number of the row', async () => {
      expect(await late(byNumber)).toEqual({ early: ['2'], heard: ['2', '3'] });
    });
  });

  const seed = Date.now() % 2 ** 31;
  describe(`handles each row once and in order, whenever the link is cut (seed ${seed})`, () => {
    const ROWS = 200;
    const WRITERS = 4;

    it.each([
      ['by a handler that saves the cursor in its transaction', true],
      ['by `save`', false],
    ])('%s', async (_title, isOwnTransaction) => {
      const { table, admin, proxy, feed, start } = await world();
      const random = chance(seed);
      const below = (end: number) => random.below(end);
      let cuts = 0;
      const cut = (oneIn: number) => {
        if (below(oneIn) > 0) return;
        cuts += 1;
        proxy.reset();
      };
      const own = await connected();
      const done = async (client: PostgresQueries, cursor: string) => {
        cut(60);
        await client.query(`insert into ${table}_done (cursor) values ($1)`, [cursor]);
        cut(60);
      };
      const handled: string[] = [];
      const options: Partial<Options> = {
        async load(client) {
          cut(30);
          const { rows } = await client.query<{ cursor: string }>(
            `select cursor from ${table}_done order by n desc limit 1`,
          );
          return rows[0]?.cursor;
        },
        async read(client, after) {
          cut(30);
          const { rows } = await byTransaction.read(client, table, after);
          cut(30);
          return rows;
        },
        async onMessage(row) {
          if (isOwnTransaction) await done(own, byTransaction.cursorOf(row));
          cut(60);
          handled.push(row.id);
        },
        ...(!isOwnTransaction && { save: done }),
      };
      const { stop } = start(feed(options));

      let left = ROWS;
      const write = async () => {
        const client = await connected();
        while (left > 0) {
          const count = Math.min(left, 1 + below(3));
          left -= count;
          await client.query('begin');
          for (let n = 0; n < count; n++) {
            await client.query(`insert into ${table} default values`);
            // Another writer may commit before this one.
            for (let turn = below(3); turn > 0; turn--) await client.query('select 1');
          }
          await client.query(`select pg_notify('${table}', '')`);
          if (below(10) === 0) {
            await client.query('rollback');
            left += count;
          } else await client.query('commit');
          cut(15);
        }
      };
      await Promise.all(Array.from({ length: WRITERS }, write));
      await until('every row', () => handled.length >= ROWS);
      await stop();
      const { rows } = await admin.query<Row>(`select id from ${table} order by xid, id`);
      expect(rows).toHaveLength(ROWS);
      expect(handled).toEqual(rows.map(({ id }) => id));
      expect(cuts).toBeGreaterThan(5);
      const ids = rows.map(({ id }) => Number(id));
      expect(ids).not.toEqual(ids.toSorted((a, b) => a - b));
    });
  });

  it('does not read a row again while its handler works on, though the grace period is over', async () => {
    const { proxy, heard, sessions, feed, start, insert } = await world();
    let release!: () => void;
    const released = new Promise<void>((resolve) => (release = resolve));
    const onMessage = ({ id }: Row) => {
      heard.push(id);
      return released;
    };
    const { actor } = start(feed({ onMessage }), { gracePeriodMs: 10, connectTimeoutMs: 50 });
    let retries = 0;
    actor.on('retry.scheduled', () => void retries++);
    await insert();
    await until('it works', () => heard.length === 1);
    proxy.reset();
    await until('attempts that waited for it', () => retries > 2);
    expect(sessions).toHaveLength(1);
    release();
    await until('session 2', () => sessions.length === 2);
    await insert();
    await until('row 2', () => heard.length === 2);
    expect(heard).toEqual(['1', '2']);
  });

  it('saves a cursor when all rows before it are handled, and begins there in another process', async () => {
    const { heard, feed, start, insert } = await world(byNumber);
    const saved: string[] = [];
    const release = new Map<string, () => void>();
    const options: Partial<Options> = {
      maxInFlight: 3,
      load: () => saved.at(-1),
      save: (_client, cursor) => void saved.push(cursor),
      onMessage: ({ id }) => {
        heard.push(id);
        return new Promise<void>((resolve) => release.set(id, resolve));
      },
    };
    for (let n = 0; n < 5; n++) await insert();
    const { actor, isOver } = start(feed(options));
    await until('three rows', () => heard.length === 3);
    release.get('3')?.();
    release.get('2')?.();
    await until('five rows', () => heard.length === 5);
    expect(saved).toEqual([]);
    actor.send({ type: 'stop' });
    release.get('1')?.();
    await until('the first three are saved', () => saved.at(-1) === '3');
    release.get('5')?.();
    release.get('4')?.();
    await until('the feed has stopped', isOver);
    expect(saved.at(-1)).toBe('5');

    start(feed(options));
    await insert();
    await until('row 6', () => heard.includes('6'));
    expect(heard).toEqual(['1', '2', '3', '4', '5', '6']);
    release.get('6')?.();
  });

  describe('of a row whose handler fails', () => {
    const failing = async (change: Partial<Options>, make: (id: string) => unknown = Error) => {
      const { heard, feed, start, insert, sessions } = await world(byNumber);
      const saved: string[] = [];
      const aside: string[] = [];
      const redeliveries: number[] = [];
      const options: Partial<Options> = {
        load: () => saved.at(-1),
        save: (_client, cursor) => void saved.push(cursor),
        async onMessage({ id }, context) {
          heard.push(id);
          if (id !== '2') return;
          redeliveries.push(context.redeliveries);
          throw make(id);
        },
        onDeadLetter: ({ id }) => void aside.push(id),
        maxRedeliveries: 2,
        redeliveryDelayMs: 1,
        ...change,
      };
      for (let n = 0; n < 3; n++) await insert();
      const link = start(feed(options));
      return { saved, heard, aside, sessions, redeliveries, ...link };
    };
    const all = { heard: ['1', '2', '2', '2', '3'], saved: ['1', '2', '3'], aside: ['2'] };

    it('hands it out again before the next, then puts it aside', async () => {
      const { sessions, ...rest } = await failing({});
      await until('the third', () => rest.saved.at(-1) === '3');
      expect(rest).toMatchObject({ ...all, redeliveries: [0, 1, 2] });
      expect(sessions).toHaveLength(1);
    });

    it('counts over the sessions that it ends', async () => {
      const { sessions, ...rest } = await failing({ onMessageError: 'end' });
      await until('the third', () => rest.saved.at(-1) === '3');
      expect(rest).toMatchObject({ ...all, redeliveries: [0, 1, 2] });
      expect(sessions.map(({ after }) => after)).toEqual([undefined, '1', '1', '2']);
    });

    it('lets the others be handled meanwhile where they may, and saves none of them before it', async () => {
      const { saved, heard, stop } = await failing({ maxInFlight: 2, redeliveryDelayMs: 60_000 });
      await until('the third', () => heard.includes('3'));
      expect(saved).toEqual(['1']);
      // It does not wait for the delay.
      await stop();
      expect(saved).toEqual(['1']);
    });

    it('ends for good, without having passed it', async () => {
      const { saved, actor, isOver } = await failing({}, (id) => fatal(id));
      await until('the end', isOver);
      expect(actor.getSnapshot().output).toMatchObject({ status: 'failed', error: '2' });
      expect(saved).toEqual(['1']);
    });
  });

  it('saves first what could not be saved, and handles no row again', async () => {
    const { heard, feed, start, insert, sessions } = await world(byNumber);
    const saved: string[] = [];
    let failures = 2;
    const save = (_client: PostgresQueries, cursor: string) => {
      if (failures-- > 0) throw new Error('no place');
      saved.push(cursor);
    };
    const { actor } = start(feed({ load: () => saved.at(-1), save }));
    const errors: unknown[] = [];
    actor.on('retry.scheduled', ({ error }) => void errors.push(error));
    await insert();
    await until('it is saved', () => saved.length === 1);
    await insert();
    await until('row 2', () => saved.length === 2);
    expect([heard, saved]).toEqual([
      ['1', '2'],
      ['1', '2'],
    ]);
    expect(errors).toMatchObject([{ message: 'no place' }, { message: 'no place' }]);
    expect(sessions).toHaveLength(2);
  });

  it.each<[string, Partial<Options>, string]>([
    ['no rows', { read: async () => ({}) as never }, 'an array of rows'],
    ['rows of one cursor', { cursorOf: () => '7' }, 'rows after the cursor'],
  ])('ends when `read` answers %s', async (_title, options, expected) => {
    const { feed, start, insert } = await world(byNumber);
    await insert();
    await insert();
    const { actor, isOver } = start(feed(options), { failFast: 'always' });
    await until('the end', isOver);
    expect(actor.getSnapshot().output).toMatchObject({
      status: 'failed',
      error: { option: 'read', message: expect.stringContaining(expected) },
    });
  });

  it('gives up an attempt whose `load` never comes to an end', async () => {
    const { feed, start } = await world();
    const load = () => new Promise<never>(() => {});
    const { actor } = start(feed({ load, queryTimeoutMs: 30 }), { connectTimeoutMs: Infinity });
    const errors: unknown[] = [];
    actor.on('retry.scheduled', ({ error }) => void errors.push(error));
    await until('it was given up', () => errors.length > 0);
    expect(errors[0]).toMatchObject({ message: 'the Postgres server has not answered for 30 ms' });
  });

  it('takes a server for gone that does not answer a query in time, and stops in the midst of one', async () => {
    const { feed, start, admin } = await world();
    // Longer than three heartbeats.
    const asleep = `select 1 from pg_stat_activity where query like 'select pg_sleep(60.1)%'
      and now() - query_start > interval '1 s'`;
    const read = async (client: PostgresQueries) => {
      await client.query('select pg_sleep(60.1)');
      return [];
    };
    const impatient = start(feed({ read, queryTimeoutMs: 30 }));
    const errors: unknown[] = [];
    impatient.actor.on('connection.closed', ({ error }) => void errors.push(error));
    await until('it was given up', () => errors.length > 0);
    await impatient.stop();
    expect(errors[0]).toMatchObject({ message: 'the Postgres server has not answered for 30 ms' });

    const patient = start(feed({ read, heartbeatMs: 300, queryTimeoutMs: 30_000 }));
    let isClosed = false;
    patient.actor.on('connection.closed', () => void (isClosed = true));
    await until('it asks for long', async () => (await admin.query(asleep)).rows.length > 0);
    expect(isClosed).toBe(false);
    await patient.stop();
  });
});
