import { join } from 'node:path';
import { Redis } from 'ioredis';
import { Client } from 'pg';
import { outbox, type OutboxStore } from 'schmoozer/outbox';
import { fileStore } from 'schmoozer/outbox-file';
import { describe, expect, it, onTestFinished } from 'vitest';
import { postgresStore } from '../../examples/outbox-postgres.js';
import { redisStore } from '../../examples/outbox-redis.js';
import { rejection } from '../support/loopback.js';
import { uniqueName } from '../support/serviceLoop.js';
import { isListening, urlOf } from '../support/services.js';
import { temporaryFolder } from '../support/temporaryFolder.js';

type Message = { readonly price: number; readonly text: string };
/** Makes a store over what an earlier one has left, and how to lose the way to it. */
type Maker = () => Promise<{ store: OutboxStore<Message>; lose(): void }>;

const makers: Record<'Redis' | 'Postgres' | 'a file', () => Promise<Maker>> = {
  async Redis() {
    const name = uniqueName();
    const admin = new Redis(urlOf('Redis').href);
    onTestFinished(async () => {
      await admin.del(`outbox:${name}`);
      admin.disconnect();
    });
    return async () => {
      const client = new Redis(urlOf('Redis').href, { retryStrategy: null });
      client.on('error', () => {});
      onTestFinished(() => client.disconnect());
      return { store: redisStore(client, name), lose: () => client.disconnect() };
    };
  },
  async Postgres() {
    const name = uniqueName();
    const open = async () => {
      const client = new Client({ connectionString: urlOf('Postgres').href });
      client.on('error', () => {});
      await client.connect();
      return client;
    };
    const admin = await open();
    onTestFinished(async () => {
      await admin.query('DELETE FROM outbox WHERE name = $1', [name]);
      await admin.end();
    });
    return async () => {
      const client = await open();
      const lose = () => void client.end();
      onTestFinished(lose);
      return { store: postgresStore(client, name), lose };
    };
  },
  async 'a file'() {
    const path = join(await temporaryFolder(), 'outbox.log');
    return async () => {
      const store = fileStore<Message>({ path });
      onTestFinished(async () => void (await store.close()));
      return { store, lose: () => void store.close() };
    };
  },
};

const isUp = {
  Redis: await isListening(urlOf('Redis')),
  Postgres: await isListening(urlOf('Postgres')),
  'a file': true,
};

const message = (price: number): Message => ({ price, text: 'ü "quoted"' });
const item = (seq: number) => ({ seq, key: `key ${seq}`, message: message(seq) });

describe.each(['Redis', 'Postgres', 'a file'] as const)('an outbox in %s', (where) => {
  it.skipIf(!isUp[where])('keeps what was appended and not removed, in order', async () => {
    const make = await makers[where]();
    const { store, lose } = await make();
    expect([...(await store.load())]).toEqual([]);
    await store.append([9, 10].map(item));
    await store.append([11, 2 ** 40].map(item));
    await store.remove([10, 12]);
    lose();
    const next = await make();
    expect([...(await next.store.load())]).toEqual([9, 11, 2 ** 40].map(item));
  });

  it.skipIf(!isUp[where])('delivers in the next process what one had left', async () => {
    const make = await makers[where]();
    const open = async () => {
      const { store, lose } = await make();
      const heard: number[] = [];
      const box = outbox({
        store,
        ack: 'each',
        key: ({ price }: Message) => String(price),
        send: (_: unknown, { price }: Message) => void heard.push(price),
      });
      await box.ready();
      return { box, heard, lose };
    };
    const first = await open();
    await Promise.all(Array.from({ length: 500 }, (_, i) => first.box.add(message(i))));
    for (let i = 0; i < 400; i += 1) first.box.ack(i);
    await first.box.close();
    first.lose();
    const next = await open();
    expect(next.box.stats()).toMatchObject({ items: 100, storeFailures: 0 });
    const stop = new AbortController();
    const delivered = next.box.deliver(null, stop);
    for (let i = 400; i < 500; i += 1) next.box.ack(i);
    await next.box.drained();
    stop.abort();
    await delivered;
    next.lose();
    expect(await rejection(next.box.add(message(1)))).toMatchObject({
      code: 'ERR_OUTBOX_STORE',
      method: 'append',
    });
    const last = await open();
    expect(last.box.stats().items).toBe(0);
  });
});
