// AMQP that stays up: await run(amqpConsumer({ url, queue, onSession, onMessage }))
import { once } from 'node:events';
import { type ChannelModel, connect, type ConsumeMessage, type SocketOptions } from 'amqplib';
import { type Connector, Continue } from 'schmoozer';
import { isRetryableTcpError } from 'schmoozer/tcp';

type Link = { model: ChannelModel; hangUp: AbortController; lost: Promise<never> }; // `lost` rejects when it is gone

export interface AmqpConsumerOptions {
  readonly url: string; // with ?heartbeat=10 a broker that says nothing for 20 to 30 s is gone
  readonly tls?: SocketOptions; // with amqps:// in the `url`
  readonly queue: string; // durable: the broker keeps what comes in meanwhile
  readonly password?: () => string | Promise<string>; // asked at each attempt; the user is in the `url`
  /** Never a gap: what the last session did not acknowledge comes again, with `fields.redelivered`. */
  readonly onSession: (session: { epoch: number; gap: false }) => void;
  /** Acknowledged when it is done; if it throws, the session ends and the message comes again. */
  readonly onMessage: (message: ConsumeMessage & { epoch: number }) => unknown;
}

export function amqpConsumer(options: AmqpConsumerOptions): Connector<Link> {
  const { url, queue, onSession, onMessage } = options;
  return {
    async connect({ signal, epoch }) {
      const at = new URL(url);
      if (options.password) at.password = await options.password();
      signal.throwIfAborted();
      const hangUp = new AbortController(); // destroys the socket: net and tls take a signal
      const own = { keepAlive: true, signal: AbortSignal.any([signal, hangUp.signal]) };
      const model = await connect(at.href, { ...options.tls, ...own });
      let fail!: (error: unknown) => void;
      const lost = new Promise<never>((_, reject) => (fail = reject));
      lost.catch(() => hangUp.abort());
      model.on('error', fail).once('close', () => fail(new Error('the broker hung up')));
      const channel = await model.createChannel();
      channel.on('error', fail).once('close', () => fail(new Error('the channel was closed')));
      const take = async (message: ConsumeMessage | null) => {
        if (message === null) throw new Error('the queue was deleted');
        await onMessage({ ...message, epoch });
        channel.ack(message);
      };
      await channel.prefetch(10);
      await channel.assertQueue(queue, { durable: true });
      await channel.consume(queue, (message) => void take(message).catch(fail));
      return { model, hangUp, lost };
    },
    async run({ lost }, { signal, epoch }) {
      onSession({ epoch, gap: false });
      await Promise.race([lost, once(signal, 'abort')]);
      return Continue();
    },
    // Login, rights, virtual host, a queue of another kind: the same next time.
    isRetryable: (error) =>
      !/ACCESS.REFUSED|NOT.ALLOWED|PRECONDITION/.test(String(error)) && isRetryableTcpError(error),
    async disconnect({ model, lost, hangUp }) {
      const timer = setTimeout(() => hangUp.abort(), 1000); // a dead broker never answers our goodbye
      model.close().catch(() => {});
      await lost.catch(() => clearTimeout(timer));
    },
  };
}
