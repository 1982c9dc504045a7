import {
  type ConsumerConfig,
  jetstream,
  type JetStreamManager,
  jetstreamManager,
} from '@nats-io/jetstream';
import { connect, createInbox, type NatsConnection } from '@nats-io/transport-node';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { connect as connectTo, createServer, type Socket } from 'node:net';
import { PoisonMessageError } from 'schmoozer/messages';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { root } from '../../../../test/support/exec.js';
import { listening } from '../../../../test/support/loopback.js';
import { uniqueName } from '../../../../test/support/serviceLoop.js';
import { until } from '../../../../test/support/until.js';
import { natsConsumer, type NatsConsumerOptions } from '../../src/jetstream.js';
import { startLink } from '../support/link.js';
import { hasServer, NatsServer } from '../support/natsServer.js';

let server: NatsServer;
let admin: NatsConnection;
let jsm: JetStreamManager;

async function openAdmin(): Promise<void> {
  admin = await connect({ servers: server.url, reconnect: false });
  jsm = await jetstreamManager(admin);
}

/** A stream of this test, with these messages. */
async function streamOf(texts: readonly string[] = []): Promise<string> {
  const name = uniqueName();
  await jsm.streams.add({ name, subjects: [`${name}.>`] });
  onTestFinished(() => jsm.streams.delete(name).then(ignore, ignore));
  await Promise.all(texts.map((text) => publish(name, text)));
  return name;
}

const ignore = () => {};
const publish = (stream: string, text: string, subject = 'any') =>
  jetstream(admin).publish(`${stream}.${subject}`, text);
const numbers = (count: number) => Array.from({ length: count }, (_, index) => String(index));
const infoOf = (stream: string, durable = 'workers') => jsm.consumers.info(stream, durable);
/** Whether the consumer is there, and a pull waits at it. */
const isWaiting = (stream: string) =>
  infoOf(stream).then(
    ({ num_waiting }) => num_waiting === 1,
    () => false,
  );
const make = (stream: string, config: Partial<Record<keyof ConsumerConfig, unknown>>) =>
  jsm.consumers.add(stream, {
    durable_name: 'workers',
    ack_policy: 'explicit',
    ...config,
  } as unknown as ConsumerConfig);

interface Heard {
  readonly texts: string[];
  readonly gaps: boolean[];
  readonly redeliveries: number[];
}

/** A consumer in its loop, and what it has heard. */
function consume(
  stream: string,
  options: Partial<NatsConsumerOptions> = {},
  handle: (text: string) => unknown = ignore,
) {
  const heard: Heard = { texts: [], gaps: [], redeliveries: [] };
  const connector = natsConsumer({
    servers: server.url,
    stream,
    durable: 'workers',
    // Two missed ones end a session: a machine that is busy may keep one waiting for a second.
    heartbeatMs: 2000,
    redeliveryDelayMs: 0,
    onError: ignore,
    onSession: ({ gap }) => void heard.gaps.push(gap),
    onMessage(message, { redeliveries }) {
      heard.texts.push(message.string());
      heard.redeliveries.push(redeliveries);
      return handle(message.string());
    },
    ...options,
  });
  return { heard, ...startLink(connector) };
}

describe.skipIf(!hasServer)('natsConsumer', () => {
  beforeAll(async () => {
    server = await NatsServer.start();
    await openAdmin();
  });
  afterAll(async () => {
    await admin.close();
    await server[Symbol.asyncDispose]();
  });

  it('delivers a message again whose process was killed in the handler', async () => {
    const stream = await streamOf(['one']);
    const child = fork(`${root}packages/nats/test/support/dyingConsumer.ts`, [server.url, stream], {
      cwd: root,
      execArgv: ['--import', 'tsx'],
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    expect((await once(child, 'message'))[0]).toBe('one');
    child.kill('SIGKILL');
    await once(child, 'exit');
    const { heard, stop } = consume(stream, { ackWaitMs: 500 });
    await until('it comes again', () => heard.texts.length === 1);
    expect(heard).toMatchObject({ texts: ['one'], redeliveries: [1] });
    await stop();
    expect((await infoOf(stream)).num_ack_pending).toBe(0);
  });

  it('handles 1000 messages through ten restarts, each exactly once', async () => {
    const texts = numbers(1000);
    const stream = await streamOf(texts);
    const counts = new Map<string, number>();
    let handled = 0;
    for (let round = 1; round <= 10; round++) {
      let isEnough!: () => void;
      const enough = new Promise<void>((resolve) => (isEnough = resolve));
      const { stop } = consume(stream, { maxInFlight: 7 }, async (text) => {
        counts.set(text, (counts.get(text) ?? 0) + 1);
        await new Promise(setImmediate);
        handled += 1;
        if (handled >= round * 100) isEnough();
      });
      await enough;
      await stop();
    }
    const last = consume(stream, { maxInFlight: 7 }, (text) => {
      counts.set(text, (counts.get(text) ?? 0) + 1);
    });
    await until('all are handled', () => counts.size === 1000);
    await last.stop();
    expect([...counts.values()].filter((count) => count !== 1)).toEqual([]);
    const { num_pending, num_ack_pending } = await infoOf(stream);
    expect([num_pending, num_ack_pending]).toEqual([0, 0]);
  }, 60_000);

  it('keeps a message that takes longer than the ack wait, also in a stop, though another waits for one', async () => {
    const stream = await streamOf(['slow']);
    const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
    const first = consume(stream, { ackWaitMs: 1000, maxInFlight: 2 }, () => pause(2600));
    await until('it has begun', () => first.heard.texts.length === 1);
    const second = consume(stream, { ackWaitMs: 1000 });
    await until('another waits', () => second.heard.gaps.length === 1);
    await pause(1300);
    await first.stop();
    await second.stop();
    expect([first.heard.texts, second.heard.texts]).toEqual([['slow'], []]);
    expect((await infoOf(stream)).num_ack_pending).toBe(0);
  });

  it('puts a message aside that always fails; the server delivers it no more, and waits for none', async () => {
    const stream = await streamOf(['a', 'bad', 'b']);
    const aside: unknown[][] = [];
    const { heard, stop } = consume(
      stream,
      {
        maxRedeliveries: 2,
        redeliveryDelayMs: 100,
        ackWaitMs: 300,
        onDeadLetter: (message, error) => void aside.push([message.string(), error]),
      },
      (text) => text === 'bad' && Promise.reject(new Error('bad payload\r\n')),
    );
    await until('it is put aside', () => aside.length > 0);
    await until('no answer is due', async () => (await infoOf(stream)).num_ack_pending === 0);
    // Others are handled before it comes again.
    expect(heard.texts).toEqual(['a', 'bad', 'b', 'bad', 'bad']);
    expect(heard.redeliveries).toEqual([0, 0, 0, 1, 2]);
    expect(aside).toEqual([['bad', new Error('bad payload\r\n')]]);
    await stop();
  });

  it('puts a message aside that ended its process each time, without a call of `onMessage`', async () => {
    const stream = await streamOf(['poison', 'good']);
    await make(stream, {});
    const inbox = createInbox();
    const replies: string[] = [];
    const messages = admin.subscribe(inbox, {
      callback: (_error, { reply = '' }) => void replies.push(reply),
    });
    for (let time = 0; time < 3; time++) {
      admin.publish(`$JS.API.CONSUMER.MSG.NEXT.${stream}.workers`, '1', { reply: inbox });
      await until('it is delivered', () => replies.length > time);
      await admin.request(replies[time] as string, '-NAK');
    }
    messages.unsubscribe();
    const aside: unknown[] = [];
    const { heard, stop } = consume(stream, {
      maxRedeliveries: 2,
      onDeadLetter: (_message, error) => void aside.push(error),
    });
    await until('the other is handled', () => heard.texts.length > 0);
    expect(heard.texts).toEqual(['good']);
    expect(aside).toEqual([new PoisonMessageError(3)]);
    await stop();
  });

  it('asks for no more than `maxInFlight`, and starves none', async () => {
    const stream = await streamOf(numbers(20));
    const release: (() => void)[] = [];
    const { heard, stop } = consume(
      stream,
      { maxInFlight: 3 },
      () => new Promise<void>((resolve) => release.push(resolve)),
    );
    await until('three have begun', () => release.length === 3);
    expect((await infoOf(stream)).num_ack_pending).toBe(3);
    // One stays at work: the others go through the two places that are left.
    for (let next = 1; next < 20; next++) {
      release[next]?.();
      if (next < 18) await until('another has begun', () => release.length === next + 3);
    }
    expect((await infoOf(stream)).num_ack_pending).toBeLessThanOrEqual(3);
    release[0]?.();
    await stop();
    expect(heard.texts).toEqual(numbers(20));
  });

  it('gives a message back at once that was on its way at a stop', async () => {
    const stream = await streamOf();
    // What the server says is held up while the line is paused.
    const lines: Socket[] = [];
    const port = await listening(
      createServer((client) => {
        const line = connectTo(server.port, '127.0.0.1').on('error', ignore);
        lines.push(line);
        client.pipe(line).pipe(client);
      }),
    );
    const leaving = consume(stream, { servers: `127.0.0.1:${port}` });
    await until('a pull waits', () => isWaiting(stream));
    lines[0]?.pause();
    await publish(stream, 'one');
    await until('it is on its way', async () => (await infoOf(stream)).num_ack_pending === 1);
    const stopping = leaving.stop();
    lines[0]?.resume();
    await stopping;
    const { heard, stop } = consume(stream);
    await until('another has it', () => heard.texts.length === 1);
    expect(leaving.heard.texts).toEqual([]);
    expect(heard.redeliveries).toEqual([1]);
    await stop();
  });

  it('asks for nothing before `onSession` is done', async () => {
    const stream = await streamOf(['one']);
    let calls = 0;
    const { heard, stop } = consume(stream, {
      maxRedeliveries: 0,
      onSession() {
        calls += 1;
        if (calls < 4) throw new Error('not yet');
      },
    });
    await until('it is handled', () => heard.texts.length === 1);
    expect(heard.redeliveries).toEqual([0]);
    await stop();
  });

  it.each([
    ['consumer', (stream: string) => jsm.consumers.delete(stream, 'workers')],
    [
      'stream',
      async (stream: string) => {
        await jsm.streams.delete(stream);
        await jsm.streams.add({ name: stream, subjects: [`${stream}.>`] });
      },
    ],
  ])(
    'ends the session when the %s is deleted, and the next one has a gap',
    async (_what, remove) => {
      const stream = await streamOf();
      const { heard, errors, stop } = consume(stream);
      await until('session 1', () => heard.gaps.length === 1);
      await until('a pull waits', () => isWaiting(stream));
      await remove(stream);
      await until('session 2', () => heard.gaps.length === 2);
      expect(errors()[0]).toMatchObject({ code: 'ERR_NATS_CONSUMER_DELETED', status: 409 });
      expect(heard.gaps).toEqual([false, true]);
      await publish(stream, 'after');
      await until('it is handled', () => heard.texts.includes('after'));
      await stop();
    },
  );

  it('ends the session when the consumer is gone that a message is acknowledged to', async () => {
    const stream = await streamOf(['one']);
    let isFirst = true;
    const { heard, errors, stop } = consume(stream, {}, async () => {
      if (isFirst) await jsm.consumers.delete(stream, 'workers');
      isFirst = false;
    });
    await until('session 2', () => heard.gaps.length === 2);
    expect(errors()[0]).toMatchObject({ code: 'ERR_NATS_CONSUMER_DELETED', status: 503 });
    await until('it comes again', () => heard.texts.length === 2);
    await stop();
  });

  it('ends the session when a pull waits and the consumer says nothing', async () => {
    const stream = await streamOf();
    let isFirst = true;
    const { heard, errors, stop } = consume(stream, {
      heartbeatMs: 500,
      async onSession({ gap }) {
        heard.gaps.push(gap);
        // Such a pull is answered by no one.
        if (isFirst) await jsm.consumers.delete(stream, 'workers');
        isFirst = false;
      },
    });
    await until('session 2', () => heard.gaps.length === 2);
    expect(errors()[0]).toMatchObject({ code: 'ERR_NATS_HEARTBEAT_MISSED' });
    expect(heard.gaps).toEqual([false, true]);
    await stop();
  });

  it('ends the session when too many pulls wait at the consumer', async () => {
    const stream = await streamOf();
    await make(stream, { max_waiting: 1 });
    const first = consume(stream, { bind: true });
    await until('the first waits', () => isWaiting(stream));
    const { errors, stop } = consume(stream, { bind: true });
    await until('it is refused', () => errors().length > 0);
    expect(errors()[0]).toMatchObject({ code: 'ERR_NATS_MAX_WAITING', status: 409 });
    await stop();
    await first.stop();
  });

  it('ends the session by a refusal that it does not know', async () => {
    const stream = await streamOf();
    await make(stream, {});
    let config: ConsumerConfig | undefined;
    const { errors, stop } = consume(stream, {
      bind: true,
      async onSession() {
        // Another pulls by other bounds than those that were known when the session began.
        config ??= (await jsm.consumers.update(stream, 'workers', { max_expires: 1e9 })).config;
      },
    });
    await until('it is refused', () => errors().length > 0);
    expect(errors()[0]).toMatchObject({ code: 'ERR_NATS_PULL_REFUSED', status: 409 });
    await publish(stream, 'by the bounds');
    await stop();
  });

  it('keeps to what a consumer allows a pull', async () => {
    const stream = await streamOf(numbers(10));
    await make(stream, { max_batch: 2, max_expires: 1e9 });
    const { heard, errors, stop } = consume(stream, { bind: true, maxInFlight: 5 });
    await until('all are handled', () => heard.texts.length === 10);
    // A pull expires, and the next one is sent.
    const { delivered } = await infoOf(stream);
    await new Promise((resolve) => setTimeout(resolve, 1200));
    await publish(stream, 'late');
    await until('it is handled', () => heard.texts.length === 11);
    expect(delivered.consumer_seq).toBe(10);
    expect(errors()).toEqual([]);
    await stop();
  });

  it('changes a consumer to its options, but for where it begins', async () => {
    const stream = await streamOf();
    await make(stream, { ack_wait: 5e9, filter_subject: `${stream}.a` });
    const { heard, stop } = consume(stream, { ackWaitMs: 700, maxAckPending: 3 });
    await until('session 1', () => heard.gaps.length === 1);
    const { config } = await infoOf(stream);
    expect(config).toMatchObject({ ack_wait: 7e8, max_ack_pending: 3 });
    expect(config.filter_subject).toBeUndefined();
    await stop();

    const filtered = consume(stream, { filterSubjects: `${stream}.b` });
    await until('session 1', () => filtered.heard.gaps.length === 1);
    await publish(stream, 'no', 'a');
    await publish(stream, 'yes', 'b');
    await until('it is handled', () => filtered.heard.texts.length > 0);
    expect(filtered.heard.texts).toEqual(['yes']);
    await filtered.stop();

    const { failure } = consume(stream, { deliverPolicy: 'new' });
    expect(await failure()).toMatchObject({ name: 'JetStreamApiError', code: 10_012 });
  });

  it('delivers again what fails, whatever limit the consumer had', async () => {
    const stream = await streamOf(['one']);
    await make(stream, { max_deliver: 1 });
    const aside: string[] = [];
    const link = consume(
      stream,
      { maxRedeliveries: 2, onDeadLetter: (message) => void aside.push(message.string()) },
      () => {
        throw new Error('no');
      },
    );
    await until('it is put aside', () => aside.length === 1);
    await link.stop();
    expect(link.heard.redeliveries).toEqual([0, 1, 2]);
    expect((await infoOf(stream)).config.max_deliver).toBe(-1);
  });

  it('begins where it is told to', async () => {
    const stream = await streamOf(['1', '2', '3']);
    const { heard, stop } = consume(stream, { deliverPolicy: { startSequence: 3 } });
    await until('it is handled', () => heard.texts.length === 1);
    await stop();
    const again = consume(stream, { deliverPolicy: { startSequence: 3 } });
    await until('session 1', () => again.heard.gaps.length === 1);
    await again.stop();
    const startTime = new Date(Date.now() - 60_000);
    const byTime = consume(stream, { durable: 'others', deliverPolicy: { startTime } });
    await until('all are handled', () => byTime.heard.texts.length === 3);
    await byTime.stop();
    const same = consume(stream, { durable: 'others', deliverPolicy: { startTime } });
    await until('session 1', () => same.heard.gaps.length === 1);
    await same.stop();
    expect(heard.texts).toEqual(['3']);
  });

  it('binds to a consumer as it is, and to nothing else', async () => {
    const stream = await streamOf(['one']);
    const missing = consume(stream, { bind: true });
    expect(await missing.failure()).toMatchObject({ code: 10_014 });
    await make(stream, { ack_wait: 5e9 });
    const { heard, stop } = consume(stream, { bind: true });
    await until('it is handled', () => heard.texts.length === 1);
    await stop();
    expect((await infoOf(stream)).config.ack_wait).toBe(5e9);
    await make(stream, { durable_name: 'pushed', deliver_subject: 'any' });
    await make(stream, { durable_name: 'unacknowledged', ack_policy: 'none' });
    for (const durable of ['pushed', 'unacknowledged']) {
      const { failure } = consume(stream, { durable });
      expect(await failure()).toMatchObject({ code: 'ERR_NATS_CONSUMER_MISMATCH' });
    }
  });

  it('goes on after a restart of the server', async () => {
    const stream = await streamOf(['one']);
    const { heard, stop } = consume(stream);
    await until('it is handled', () => heard.texts.length === 1);
    await server.kill();
    await server.restart();
    await admin.close();
    await openAdmin();
    await until('session 2', () => heard.gaps.length === 2);
    await publish(stream, 'two');
    await until('it is handled', () => heard.texts.length === 2);
    expect(heard).toMatchObject({ texts: ['one', 'two'], gaps: [false, false] });
    await stop();
  });
});

describe.skipIf(!hasServer)('an ordered consumer', () => {
  beforeAll(async () => {
    server = await NatsServer.start();
    await openAdmin();
  });
  afterAll(async () => {
    await admin.close();
    await server[Symbol.asyncDispose]();
  });

  /** Options without a durable name. */
  const ordered = (
    stream: string,
    options: Partial<NatsConsumerOptions>,
    handle = ignore as (text: string) => unknown,
  ) => consume(stream, { durable: undefined as never, ...options }, handle);
  const consumersOf = async (stream: string) => await jsm.consumers.list(stream).next();

  it('continues where it was after each loss, in order, and leaves no consumer behind', async () => {
    const stream = await streamOf(numbers(50));
    let failures = 0;
    const { heard, stop } = ordered(
      stream,
      { onMessageError: 'end', maxRedeliveries: 1 },
      (text) => {
        // Each tenth ends the session once.
        if (Number(text) % 10 === 9 && failures++ % 2 === 0) throw new Error('again');
      },
    );
    await until('all are handled', () => heard.texts.at(-1) === '49' && heard.texts.length === 55);
    expect(heard.texts).toEqual(
      numbers(50).flatMap((text) => (text.endsWith('9') ? [text, text] : [text])),
    );
    expect(heard.gaps).toEqual([false, false, false, false, false, false]);
    await stop();
    expect(await consumersOf(stream)).toEqual([]);
  });

  it('does not hand out again what is done, though one before it is not', async () => {
    const stream = await streamOf(['slow', 'a', 'b']);
    let sessions = 0;
    const { heard, stop } = ordered(
      stream,
      { maxInFlight: 3, onMessageError: 'end' },
      async (text) => {
        if (text !== 'slow' || sessions++ > 0) return;
        await until('the others are done', () => heard.texts.length === 3);
        throw new Error('interrupted');
      },
    );
    await until('session 2', () => heard.gaps.length === 2);
    await until('it comes again', () => heard.texts.length === 4);
    await publish(stream, 'c');
    await until('it is handled', () => heard.texts.length === 5);
    expect(heard.texts).toEqual(['slow', 'a', 'b', 'slow', 'c']);
    await stop();
  });

  it('says that there is a gap when the stream has lost messages, or is another one', async () => {
    const stream = await streamOf(['1']);
    let end: () => void = ignore;
    let begun = 0;
    const { heard, stop } = ordered(stream, { onMessageError: 'end' }, async (text) => {
      if (!text.startsWith('end')) return;
      begun += 1;
      await new Promise<void>((resolve) => (end = resolve));
      throw new Error('end of the session');
    });
    await publish(stream, 'end');
    await until('it has begun', () => begun === 1);
    await publish(stream, '3');
    await jsm.streams.purge(stream);
    await publish(stream, '4');
    end();
    await until('session 2', () => heard.gaps.length === 2);
    await until('it is handled', () => heard.texts.includes('4'));
    await publish(stream, 'end');
    await until('it has begun', () => begun === 2);
    await jsm.streams.delete(stream);
    await jsm.streams.add({ name: stream, subjects: [`${stream}.>`] });
    await publish(stream, 'new');
    end();
    await until('session 3', () => heard.gaps.length === 3);
    await until('it is handled', () => heard.texts.includes('new'));
    expect(heard.gaps).toEqual([false, true, true]);
    expect(heard.texts).toEqual(['1', 'end', '4', 'end', 'new']);
    await stop();
  });

  it('begins with what comes, and misses nothing of it while it is away', async () => {
    const stream = await streamOf(['before']);
    const { heard, stop } = ordered(stream, { deliverPolicy: 'new' });
    await until('session 1', () => heard.gaps.length === 1);
    await server.kill();
    await server.restart();
    await admin.close();
    await openAdmin();
    await publish(stream, 'away');
    await until('it is handled', () => heard.texts.length > 0);
    expect(heard.texts).toEqual(['away']);
    expect(heard.gaps).toEqual([false, false]);
    await stop();
  });

  it('hands out a message that failed again, itself, and puts it aside in the end', async () => {
    const stream = await streamOf(['a', 'bad', 'b']);
    const aside: string[] = [];
    const { heard, stop } = ordered(
      stream,
      { maxRedeliveries: 2, onDeadLetter: (message) => void aside.push(message.string()) },
      (text) => text === 'bad' && Promise.reject(new Error('bad payload')),
    );
    await until('it is put aside', () => aside.length > 0);
    expect(heard.texts.filter((text) => text === 'bad')).toHaveLength(3);
    expect([...heard.redeliveries].toSorted((a, b) => a - b)).toEqual([0, 0, 0, 1, 2]);
    await stop();
  });
});
