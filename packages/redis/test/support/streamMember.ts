/** A process that works on a stream, and counts in Redis what it has begun and done; at the message `kill` it is gone. */
import { once } from 'node:events';
import { Redis } from 'ioredis';
import { run } from 'schmoozer';
import { PoisonMessageError } from 'schmoozer/messages';
import type { StreamOrders } from './streamOrders.js';

const { client, url, stream, ...options } = JSON.parse(process.argv[2] as string) as StreamOrders;
const { redisStream } = await (client === 'ioredis'
  ? import('../../src/ioredis.js')
  : import('../../src/node-redis.js'));

await once(process, 'message');
const counts = new Redis(url);
const stop = new AbortController();
process.once('message', () => stop.abort());
await run(
  redisStream({
    ...options,
    url,
    stream,
    group: 'workers',
    redeliveryDelayMs: 0,
    async onMessage({ fields: { text = '' } }) {
      await counts.rpush(`${stream}:begun`, text);
      if (text === 'kill') process.kill(process.pid, 'SIGKILL');
      await counts.rpush(`${stream}:done`, text);
    },
    async onDeadLetter({ fields: { text = '' } }, error) {
      await counts.rpush(`${stream}:aside`, `${text} ${error instanceof PoisonMessageError}`);
    },
    onError() {},
  }),
  { signal: stop.signal },
);
await counts.quit();
process.disconnect?.();
