// A consumer in a process of its own, for fork(): reports what it is given, and never finishes a handler.
import { run } from 'schmoozer';
import { amqpConsumer } from '../../src/index.js';

const [url = '', queue = '', queueType = ''] = process.argv.slice(2);

await run(
  amqpConsumer({
    url,
    queue,
    queueType: queueType as 'classic' | 'quorum',
    onMessage({ content }) {
      process.send?.(String(content));
      return new Promise<never>(() => {});
    },
  }),
);
