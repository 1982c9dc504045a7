import type { GetMessage } from 'amqplib';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { constantBackoff, createReconnectActor, type ReconnectEmitted } from 'schmoozer';
import { describe, expect, it, onTestFinished } from 'vitest';
import { root } from '../../../../test/support/exec.js';
import { uniqueName } from '../../../../test/support/serviceLoop.js';
import { startProxy } from '../../../../test/support/proxy.js';
import { urlOf } from '../../../../test/support/services.js';
import { until } from '../../../../test/support/until.js';
import {
  amqpConsumer,
  type AmqpConsumerOptions,
  AmqpConsumerCancelledError,
  AmqpDeliveryTimeoutError,
} from '../../src/index.js';
import { type Admin, brokerUrl, drain, isBrokerMissing, openAdmin } from '../support/broker.js';
import { evaluate, isRabbitmqctlUsable, tickChannels } from '../support/rabbitmqctl.js';

const kinds = ['classic', 'quorum'] as const;
const argumentsOf = (kind: string) => (kind === 'quorum' ? { 'x-queue-type': 'quorum' } : {});

/** A consumer in its loop; it is stopped when the test is over. */
function consume(options: Partial<AmqpConsumerOptions>) {
  const emitted: ReconnectEmitted[] = [];
  const sessions: { epoch: number; gap: boolean }[] = [];
  const connector = amqpConsumer({
    url: brokerUrl(),
    redeliveryDelayMs: 0,
    onSession: (session) => void sessions.push(session),
    onError() {},
    onMessage() {},
    ...options,
  });
  const actor = createReconnectActor(connector, {
    backoff: constantBackoff(20),
    gracePeriodMs: Infinity,
  });
  actor.on('*', (event) => void emitted.push(event));
  const done = new Promise<void>((resolve) => actor.subscribe({ complete: resolve }));
  actor.start();
  const stop = () => {
    if (actor.getSnapshot().status === 'active') actor.send({ type: 'stop' });
    return done;
  };
  onTestFinished(stop);
  const lost = () => {
    const event = emitted.find(({ type }) => type === 'connection.closing');
    return event && 'error' in event ? event.error : undefined;
  };
  return { sessions, lost, stop };
}

async function publish({ channel }: Admin, queue: string, texts: readonly string[]): Promise<void> {
  for (const text of texts) channel.sendToQueue(queue, Buffer.from(text), { persistent: true });
  await channel.waitForConfirms();
}

const numbers = (count: number) => Array.from({ length: count }, (_, index) => `${index}`);

describe.skipIf(isBrokerMissing)('redelivery by the real broker', () => {
  it.each(kinds)(
    'handles each of 1000 messages of a %s queue once, over ten restarts in order',
    async (queueType) => {
      const admin = await openAdmin();
      const queue = await admin.queue(argumentsOf(queueType));
      const texts = numbers(1000);
      await publish(admin, queue, texts);
      const heard: string[] = [];
      const aside: unknown[] = [];
      for (let restart = 0; restart <= 10; restart++) {
        const enough = restart === 10 ? 1000 : (restart + 1) * 90;
        const { stop } = consume({
          queue,
          queueType,
          maxInFlight: 5,
          maxRedeliveries: 0,
          onDeadLetter: (_message, error) => void aside.push(error),
          async onMessage({ content }) {
            await new Promise(setImmediate);
            heard.push(String(content));
          },
        });
        await until(`${enough} are handled`, () => heard.length >= enough);
        await stop();
      }
      expect(aside).toEqual([]);
      expect(heard.toSorted()).toEqual(texts.toSorted());
      expect(await admin.count(queue)).toBe(0);
    },
  );

  it.each(kinds)(
    'brings a message of a %s queue again whose handler was killed',
    async (queueType) => {
      const admin = await openAdmin();
      const queue = await admin.queue(argumentsOf(queueType));
      await publish(admin, queue, ['one']);
      const program = `${root}packages/amqp/test/support/consumerProcess.ts`;
      const child = fork(program, [brokerUrl(), queue, queueType], {
        cwd: root,
        execArgv: ['--import', 'tsx'],
      });
      onTestFinished(() => void child.kill('SIGKILL'));
      expect((await once(child, 'message'))[0]).toBe('one');
      child.kill('SIGKILL');
      await once(child, 'exit');

      const heard: unknown[] = [];
      const { stop } = consume({
        queue,
        queueType,
        onMessage: ({ content, fields: { redelivered } }, { redeliveries }) =>
          void heard.push([String(content), redelivered, redeliveries]),
      });
      await until('it comes again', () => heard.length > 0);
      await stop();
      // Only quorum queues count.
      expect(heard).toEqual([['one', true, queueType === 'quorum' ? 1 : 0]]);
      expect(await admin.count(queue)).toBe(0);
    },
  );

  it('hands a message whose sessions are lost out five times with `maxRedeliveries: 3`, and puts it aside at the sixth delivery', async () => {
    const admin = await openAdmin();
    const queue = await admin.queue(argumentsOf('quorum'));
    await publish(admin, queue, ['poison']);
    const { hostname, port } = urlOf('AMQP');
    const proxy = await startProxy(hostname, Number(port));
    onTestFinished(() => proxy[Symbol.asyncDispose]());
    const heard: number[] = [];
    const aside: unknown[] = [];
    const { stop } = consume({
      url: `amqp://guest:guest@127.0.0.1:${proxy.port}`,
      queue,
      queueType: 'quorum',
      maxRedeliveries: 3,
      onMessage(_message, { redeliveries, signal }) {
        heard.push(redeliveries);
        proxy.reset();
        // Whatever it says when its session is over, the broker does not hear it.
        return new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
      },
      onDeadLetter: (_message, error) => void aside.push(error),
    });
    await until('it is put aside', () => aside.length > 0);
    await stop();
    expect(heard).toEqual([0, 1, 2, 3, 3]);
    expect(aside).toEqual([
      expect.objectContaining({ code: 'ERR_POISON_MESSAGE', redeliveries: 5 }),
    ]);
    expect(await admin.count(queue)).toBe(0);
  });

  it.each([
    ['never puts such a message aside by default', undefined, [0, 0, 0, 0, 0], 0],
    ['puts such a message aside with a `prefetch` of `maxInFlight`', 1, [0, 0], 1],
  ])('%s, if the quorum queue is not declared here', async (_title, prefetch, calls, puts) => {
    const admin = await openAdmin();
    const queue = await admin.queue(argumentsOf('quorum'));
    await publish(admin, queue, ['poison']);
    const { hostname, port } = urlOf('AMQP');
    const proxy = await startProxy(hostname, Number(port));
    onTestFinished(() => proxy[Symbol.asyncDispose]());
    const heard: number[] = [];
    const aside: unknown[] = [];
    const { stop } = consume({
      url: `amqp://guest:guest@127.0.0.1:${proxy.port}`,
      queue,
      assertQueue: false,
      ...(prefetch !== undefined && { prefetch }),
      maxRedeliveries: 0,
      onMessage(_message, { redeliveries, signal }) {
        if (heard.length === 5) return;
        heard.push(redeliveries);
        proxy.reset();
        return new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
      },
      onDeadLetter: (_message, error) => void aside.push(error),
    });
    await until('it has ended', () => heard.length === 5 || aside.length > 0);
    await stop();
    expect(heard).toEqual(calls);
    expect(aside).toHaveLength(puts);
  });

  it('puts a message of a quorum queue aside that the broker has delivered too often', async () => {
    const admin = await openAdmin();
    const queue = await admin.queue(argumentsOf('quorum'));
    await publish(admin, queue, ['poison']);
    for (let time = 0; time < 4; time++) {
      let message: GetMessage | false = false;
      await until('it is there', async () => (message = await admin.channel.get(queue)));
      admin.channel.nack(message as unknown as GetMessage, false, true);
    }
    await publish(admin, queue, ['good']);
    const heard: string[] = [];
    const aside: unknown[] = [];
    const { stop } = consume({
      queue,
      queueType: 'quorum',
      maxRedeliveries: 2,
      onMessage: ({ content }) => void heard.push(String(content)),
      onDeadLetter: ({ content }, error) => void aside.push([String(content), error]),
    });
    await until('the good one is handled', () => heard.includes('good'));
    await stop();
    expect(heard).toEqual(['good']);
    const error = expect.objectContaining({ code: 'ERR_POISON_MESSAGE', redeliveries: 4 });
    expect(aside).toEqual([['poison', error]]);
  });

  it.each(kinds)(
    'sends a message that always fails to the dead-letter exchange of a %s queue, and handles the others once, meanwhile',
    async (queueType) => {
      const admin = await openAdmin();
      const dead = await admin.queue();
      const queue = await admin.queue({
        ...argumentsOf(queueType),
        'x-dead-letter-exchange': '',
        'x-dead-letter-routing-key': dead,
      });
      const good = numbers(20);
      await publish(admin, queue, ['bad', ...good]);
      const heard: string[] = [];
      const { stop } = consume({
        queue,
        assertQueue: false,
        maxRedeliveries: 2,
        redeliveryDelayMs: 150,
        onMessage({ content }) {
          heard.push(String(content));
          if (String(content) === 'bad') throw new Error('never');
        },
      });
      await until('it is put aside', async () => (await admin.count(dead)) === 1);
      await until('all are handled', () => heard.length === 23);
      await stop();
      // The others were not held up.
      expect(heard.slice(0, 21)).toEqual(['bad', ...good]);
      expect(heard.slice(21)).toEqual(['bad', 'bad']);
      expect(await drain(admin.channel, dead)).toEqual(['bad']);
      expect(await admin.count(queue)).toBe(0);
    },
  );

  it('acknowledges at a stop what a handler in flight has done, and gives back once what waits', async () => {
    const admin = await openAdmin();
    const queue = await admin.queue(argumentsOf('quorum'));
    await publish(admin, queue, numbers(11));
    const heard: string[] = [];
    let release!: () => void;
    const released = new Promise<void>((resolve) => (release = resolve));
    const { stop } = consume({
      queue,
      assertQueue: false,
      onMessage({ content }) {
        heard.push(String(content));
        return released;
      },
    });
    await until('all are delivered', async () => heard.length > 0 && !(await admin.count(queue)));
    const stopping = stop();
    await until('the others are back', async () => (await admin.count(queue)) === 10);
    release();
    await stopping;
    expect(heard).toEqual(['0']);
    const left: [string, unknown][] = [];
    for (const number of numbers(11).slice(1)) {
      await until(`${number} is back`, async () => {
        const message = await admin.channel.get(queue, { noAck: true });
        if (message)
          left.push([String(message.content), message.properties.headers?.['x-delivery-count']]);
        return message;
      });
    }
    expect(left).toEqual(
      numbers(11)
        .slice(1)
        .map((number) => [number, 1]),
    );
    expect(await admin.count(queue)).toBe(0);
  });

  it('gives back at a stop what waits for its redelivery', async () => {
    const admin = await openAdmin();
    const queue = await admin.queue();
    await publish(admin, queue, ['bad']);
    let calls = 0;
    const { stop } = consume({
      queue,
      redeliveryDelayMs: 60_000,
      onMessage() {
        calls += 1;
        throw new Error('not now');
      },
    });
    await until('it has failed', () => calls === 1);
    await stop();
    expect(await drain(admin.channel, queue)).toEqual(['bad']);
  });

  it('ends the session when the queue is deleted, and the next one has a gap', async () => {
    const admin = await openAdmin();
    const queue = await admin.queue();
    const { sessions, lost } = consume({ queue });
    await until('session 1', () => sessions.length === 1);
    await admin.channel.deleteQueue(queue);
    await until('session 2', () => sessions.length === 2);
    expect(lost()).toBeInstanceOf(AmqpConsumerCancelledError);
    expect(lost()).toMatchObject({ code: 'ERR_AMQP_CONSUMER_CANCELLED', queue });
    expect(sessions).toEqual([
      { epoch: 1, gap: false },
      { epoch: 2, gap: true },
    ]);
  });

  it('consumes a queue that `setup` declares and names, and says that another one has a gap', async () => {
    const admin = await openAdmin();
    const exchange = 'amq.fanout';
    const heard: string[] = [];
    const { hostname, port } = urlOf('AMQP');
    const proxy = await startProxy(hostname, Number(port));
    onTestFinished(() => proxy[Symbol.asyncDispose]());
    const { sessions, stop } = consume({
      url: `amqp://guest:guest@127.0.0.1:${proxy.port}`,
      async setup(channel) {
        const { queue } = await channel.assertQueue('', { exclusive: true });
        await channel.bindQueue(queue, exchange, '');
        return queue;
      },
      onMessage: ({ content }) => void heard.push(String(content)),
    });
    for (const epoch of [1, 2]) {
      await until(`session ${epoch}`, () => sessions.length === epoch);
      admin.channel.publish(exchange, '', Buffer.from(`hello ${epoch}`));
      await until('it is heard', () => heard.length === epoch);
      if (epoch === 1) proxy.reset();
    }
    await stop();
    expect(heard).toEqual(['hello 1', 'hello 2']);
    expect(sessions.map(({ gap }) => gap)).toEqual([false, true]);
  });

  it('ends the session when the broker has waited too long for an acknowledgement, and the message comes again', async ({
    skip,
  }) => {
    if (!isRabbitmqctlUsable) skip('rabbitmqctl cannot be used here');
    const admin = await openAdmin();
    const queue = await admin.queue();
    const heard: number[] = [];
    let release!: () => void;
    const released = new Promise<void>((resolve) => (release = resolve));
    const name = uniqueName();
    // Each channel keeps what it finds when it is opened, and looks at it after a minute.
    await evaluate('application:set_env(rabbit, consumer_timeout, 1)');
    const { lost, sessions } = consume({
      queue,
      clientOptions: { clientProperties: { connection_name: name } },
      onMessage: (_message, { epoch }) => {
        heard.push(epoch);
        return epoch === 1 ? released : undefined;
      },
    });
    try {
      await until('session 1', () => sessions.length === 1);
    } finally {
      await evaluate('application:set_env(rabbit, consumer_timeout, 1800000)');
    }
    await publish(admin, queue, ['slow']);
    await until('it has begun', () => heard.length === 1);
    await tickChannels(name);
    await until('the broker has closed', lost);
    release();
    expect(lost()).toBeInstanceOf(AmqpDeliveryTimeoutError);
    await until('it comes again', () => heard.length >= 2);
    expect(heard[1]).toBe(2);
  });
});
