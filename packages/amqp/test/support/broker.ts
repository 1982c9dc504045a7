import { type Channel, type ChannelModel, connect, type ConfirmChannel } from 'amqplib';
import { inject, onTestFinished } from 'vitest';
import { uniqueName } from '../../../../test/support/serviceLoop.js';
import { urlOf } from '../../../../test/support/services.js';

export const isBrokerMissing = (inject('missingServices') as string[]).includes('AMQP');

/** Where the broker is, with another virtual host or another user. */
export function brokerUrl({ vhost = '', user = 'guest', password = 'guest' } = {}): string {
  const { host } = urlOf('AMQP');
  const [name, secret, path] = [user, password, vhost].map(encodeURIComponent);
  return `amqp://${name}:${secret}@${host}/${path}`;
}

export interface Admin {
  readonly model: ChannelModel;
  readonly channel: ConfirmChannel;
  /** A queue that is gone when the test is. */
  queue(arguments_?: Record<string, unknown>): Promise<string>;
  count(queue: string): Promise<number>;
}

/** Our own access to the broker, for one test. */
export async function openAdmin(url = brokerUrl()): Promise<Admin> {
  const model = await connect(url);
  model.on('error', () => {});
  const channel = await model.createConfirmChannel();
  channel.on('error', () => {});
  const queues: string[] = [];
  onTestFinished(async () => {
    for (const queue of queues) await channel.deleteQueue(queue).catch(() => {});
    await model.close().catch(() => {});
  });
  return {
    model,
    channel,
    async queue(arguments_ = {}) {
      const name = uniqueName();
      queues.push(name);
      await channel.assertQueue(name, { durable: true, arguments: arguments_ });
      return name;
    },
    count: async (queue) => (await channel.checkQueue(queue)).messageCount,
  };
}

/** What is in a queue, in its order; each message is taken out. */
export async function drain(channel: Channel, queue: string): Promise<string[]> {
  const texts: string[] = [];
  for (;;) {
    const message = await channel.get(queue, { noAck: true });
    if (message === false) return texts;
    texts.push(String(message.content));
  }
}
