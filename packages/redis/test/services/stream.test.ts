import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { Redis } from 'ioredis';
import { root } from '../../../../test/support/exec.js';
import { uniqueName } from '../../../../test/support/serviceLoop.js';
import { urlOf } from '../../../../test/support/services.js';
import { until } from '../../../../test/support/until.js';
import { describe, expect, it, onTestFinished } from 'vitest';
import { entries } from '../support/entries.js';
import { connectAdmin } from '../support/redisServices.js';
import { isRedisMissing } from '../support/skipped.js';
import { startLink } from '../support/startLink.js';
import type { StreamOrders } from '../support/streamOrders.js';

const url = urlOf('Redis').href;

/** A stream of the test's own, with its group, and our own access to it. */
async function ownStream() {
  const stream = uniqueName();
  const admin = await connectAdmin();
  onTestFinished(async () => {
    await admin.del(stream, ...['begun', 'done', 'aside'].map((list) => `${stream}:${list}`));
    admin.disconnect();
  });
  await admin.xgroup('CREATE', stream, 'workers', '$', 'MKSTREAM');
  const add = async (...texts: string[]) => {
    const pipeline = admin.pipeline();
    for (const text of texts) pipeline.xadd(stream, '*', 'text', text);
    await pipeline.exec();
  };
  const list = (name: string) => admin.lrange(`${stream}:${name}`, 0, -1);
  return { stream, admin, add, list, options: { url, stream, group: 'workers' } };
}

type Pending = [id: string, consumer: string, idleMs: number, deliveries: number][];
const pendingOf = (admin: Redis, stream: string) =>
  admin.xpending(stream, 'workers', '-', '+', 100) as Promise<Pending>;
const numbers = (count: number) => Array.from({ length: count }, (_, index) => String(index));

describe.skipIf(isRedisMissing).each(entries)('a consumer, by %s', (client, { redisStream }) => {
  it.each([1, 7])(
    'works on 1000 messages exactly once over ten clean restarts, %i at a time',
    async (maxInFlight) => {
      const { stream, admin, add, options } = await ownStream();
      const all = numbers(1000);
      const begun = new Map<string, number>();
      let total = 0;
      let redelivered = 0;
      const connector = () =>
        redisStream({
          ...options,
          consumer: 'one',
          maxInFlight,
          async onMessage({ fields: { text = '' } }, { redeliveries }) {
            begun.set(text, (begun.get(text) ?? 0) + 1);
            total++;
            redelivered += redeliveries;
            await new Promise(setImmediate);
          },
        });
      const adding = (async () => {
        for (let at = 0; at < 1000; at += 20) await add(...all.slice(at, at + 20));
      })();
      for (let life = 1; life <= 10; life++) {
        const link = startLink(connector());
        await until(`${life * 90} are done`, () => total >= life * 90);
        await link.stop();
      }
      await adding;
      const link = startLink(connector());
      await until('all are done', () => begun.size === 1000);
      await link.stop();
      expect([...begun.values()].filter((times) => times !== 1)).toEqual([]);
      expect([total, redelivered]).toEqual([1000, 0]);
      expect(await pendingOf(admin, stream)).toEqual([]);
    },
  );

  it('takes over what a consumer that is gone has left, each message once', async () => {
    const { stream, admin, add, options } = await ownStream();
    await add(...numbers(30));
    await admin.xreadgroup('GROUP', 'workers', 'gone', 'COUNT', 30, 'STREAMS', stream, '>');
    const heard: [string, number][] = [];
    const links = ['one', 'two'].map((consumer) =>
      startLink(
        redisStream({
          ...options,
          consumer,
          minIdleMs: 1000,
          maxInFlight: 4,
          async onMessage({ fields: { text = '' } }, { redeliveries }) {
            heard.push([text, redeliveries]);
            await new Promise(setImmediate);
          },
        }),
      ),
    );
    await until('all are done', async () => (await pendingOf(admin, stream)).length === 0);
    expect(heard.toSorted(([a], [b]) => Number(a) - Number(b))).toEqual(
      numbers(30).map((text) => [text, 1]),
    );
    await Promise.all(links.map((link) => link.stop()));
  });

  it('counts in Redis what comes again, and adds what is put aside to a stream', async () => {
    const { stream, admin, add, options } = await ownStream();
    const deadLetterStream = `${stream}:aside`;
    const seen: [number, number | undefined][] = [];
    const link = startLink(
      redisStream({
        ...options,
        consumer: 'one',
        maxRedeliveries: 2,
        redeliveryDelayMs: 0,
        deadLetterStream,
        async onMessage(_message, { redeliveries }) {
          const [pending] = await pendingOf(admin, stream);
          seen.push([redeliveries, pending?.[3]]);
          throw new Error('bad payload');
        },
        onError() {},
      }),
    );
    await link.online();
    const id = await admin.xadd(stream, '*', 'text', 'bad', 'more', 'fields');
    await until('it is put aside', async () => (await admin.xlen(deadLetterStream)) === 1);
    await until('it is acknowledged', async () => (await pendingOf(admin, stream)).length === 0);
    expect(seen).toEqual([
      [0, 1],
      [1, 2],
      [2, 3],
    ]);
    const [[, fields]] = (await admin.xrange(deadLetterStream, '-', '+')) as [[string, string[]]];
    const about = ['dead-letter-stream', stream, 'dead-letter-id', id];
    const why = ['dead-letter-error', 'Error: bad payload'];
    expect(fields).toEqual(['text', 'bad', 'more', 'fields', ...about, ...why]);
    await add('good');
    await until('the next one is worked on', () => seen.length > 3);
    await link.stop();
  });

  it('needs no right but those that the README names', async () => {
    const { stream, admin, add, options } = await ownStream();
    const reading = ['+xreadgroup', '+xack', '+xpending', '+xclaim', '+ping'];
    const rules = ['on', '-@all', ...reading, '+xgroup|create', '+xadd', `~${stream}*`];
    await admin.acl('SETUSER', stream, ...rules, '>secret');
    onTestFinished(async () => {
      const other = await connectAdmin();
      await other.acl('DELUSER', stream);
      other.disconnect();
    });
    await admin.xgroup('DESTROY', stream, 'workers');
    const link = startLink(
      redisStream({
        ...options,
        consumer: 'one',
        login: async () => ({ username: stream, password: 'secret' }),
        maxRedeliveries: 1,
        redeliveryDelayMs: 0,
        deadLetterStream: `${stream}:aside`,
        heartbeatMs: 500,
        onMessage: () => Promise.reject(new Error('bad payload')),
        onError() {},
      }),
    );
    await link.online();
    await add('bad');
    await until('it is put aside', async () => (await admin.xlen(`${stream}:aside`)) === 1);
    await link.stop();
    expect(link.emitted.filter(({ type }) => type === 'retry.scheduled')).toEqual([]);
  });

  it('makes a group that is not there, and reports a gap when it was lost', async () => {
    const { stream, admin, add, options } = await ownStream();
    await add('old');
    const sessions: unknown[] = [];
    const heard: string[] = [];
    const shared = {
      consumer: 'one',
      onSession: (session: object) => void sessions.push(session),
      onMessage: ({ fields }: { fields: Record<string, string> }) =>
        void heard.push(fields['text'] as string),
    };
    const link = startLink(redisStream({ ...options, ...shared, group: 'others', from: '0' }));
    await until('the old one is heard', () => heard.length === 1);
    await admin.xgroup('DESTROY', stream, 'others');
    await until('there is another session', () => sessions.length === 2);
    await until('it comes again, of the new group', () => heard.length === 2);
    await link.stop();
    expect(sessions).toEqual([
      { epoch: 1, gap: false },
      { epoch: 2, gap: true },
    ]);
    expect(heard).toEqual(['old', 'old']);
  });

  it('reads fields byte by byte, and passes over what was deleted', async () => {
    const { stream, admin, options } = await ownStream();
    const data = Buffer.from([0, 255, 13, 10]);
    const gone = (await admin.xadd(stream, '*', 'a', '1')) as string;
    await admin.xadd(stream, '*', 'a', data, 'a', '2');
    await admin.xreadgroup('GROUP', 'workers', 'one', 'COUNT', 2, 'STREAMS', stream, '>');
    await admin.xdel(stream, gone);
    const heard: unknown[] = [];
    const link = startLink(
      redisStream({
        ...options,
        consumer: 'one',
        onMessage: ({ entries: all, fields }) => void heard.push([all, fields]),
      }),
    );
    await until('it is heard', () => heard.length === 1);
    const a = Buffer.from('a');
    const both = [
      [a, data],
      [a, Buffer.from('2')],
    ];
    expect(heard).toEqual([[both, { a: '2' }]]);
    await until('nothing is pending', async () => (await pendingOf(admin, stream)).length === 0);
    await link.stop();
  });
});

/** A process that works on a stream as soon as it is told to. */
function member(orders: StreamOrders) {
  const program = `${root}packages/redis/test/support/streamMember.ts`;
  const child = fork(program, [JSON.stringify(orders)], {
    cwd: root,
    execArgv: ['--import', 'tsx'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const exited = once(child, 'exit') as Promise<[code: number | null, signal: string | null]>;
  return { exited, go: () => child.send('go'), stop: () => child.send('stop') };
}

describe.skipIf(isRedisMissing)('a handler that kills its process', () => {
  async function story(client: string): Promise<void> {
    const { stream, admin, add, list } = await ownStream();
    const orders: StreamOrders = { client, url, stream, consumer: 'one', maxRedeliveries: 1 };
    const [first, second, third] = [member(orders), member(orders), member(orders)];
    await add('a', 'kill', 'b');
    for (const one of [first, second]) {
      one.go();
      expect(await one.exited).toEqual([null, 'SIGKILL']);
    }
    third.go();
    await add('c');
    await until('all others are done', async () => (await list('done')).length === 3);
    third.stop();
    expect(await third.exited).toEqual([0, null]);
    expect(await list('begun')).toEqual(['a', 'kill', 'kill', 'b', 'c']);
    expect(await list('done')).toEqual(['a', 'b', 'c']);
    expect(await list('aside')).toEqual(['kill true']);
    expect(await pendingOf(admin, stream)).toEqual([]);
  }

  it('has the message again, before new ones, and it is put aside in the end', async () => {
    await Promise.all(entries.map(([client]) => story(client)));
  });
});

describe.skipIf(isRedisMissing)('a handler that works for longer than `minIdleMs`', () => {
  async function story({ redisStream }: (typeof entries)[number][1]): Promise<void> {
    const { stream, admin, add, options } = await ownStream();
    const begun: string[] = [];
    let release!: () => void;
    const released = new Promise<void>((resolve) => (release = resolve));
    const connector = (consumer: string) =>
      redisStream({
        ...options,
        consumer,
        minIdleMs: 1000,
        maxInFlight: 2,
        async onMessage({ fields: { text = '' } }) {
          begun.push(`${consumer} ${text}`);
          if (text === 'long') await released;
        },
      });
    const one = startLink(connector('one'));
    await one.online();
    await add('long');
    await until('it has begun', () => begun.length === 1);
    const since = performance.now();
    const two = startLink(connector('two'));
    await two.online();
    await until('the other has looked twice', () => performance.now() - since > 2500);
    expect((await pendingOf(admin, stream)).map(([, consumer]) => consumer)).toEqual(['one']);
    release();
    await until('it is acknowledged', async () => (await pendingOf(admin, stream)).length === 0);
    expect(begun).toEqual(['one long']);
    await Promise.all([one.stop(), two.stop()]);
  }

  it('keeps its message', async () => {
    await Promise.all(entries.map(([, entry]) => story(entry)));
  });
});
