/** A process that is killed while it handles a message: it says when it has begun. */
import { run } from 'schmoozer';
import { natsConsumer } from '../../src/jetstream.js';

const [servers, stream] = process.argv.slice(2) as [string, string];
await run(
  natsConsumer({
    servers,
    stream,
    durable: 'workers',
    ackWaitMs: 500,
    onMessage(message) {
      process.send?.(message.string());
      return new Promise(() => {});
    },
  }),
);
