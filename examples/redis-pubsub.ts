// Redis pub/sub that stays connected: tsx examples/redis-pubsub.ts "orders:*", with REDIS_URL and REDIS_PASSWORD_FILE
import { readFile } from 'node:fs/promises';
import { redisSubscriber } from '@schmoozer/redis/ioredis'; // or '@schmoozer/redis/node-redis'
import { run } from 'schmoozer';

const { REDIS_URL = 'redis://127.0.0.1:6379', REDIS_PASSWORD_FILE: file } = process.env;
const [, , ...patterns] = process.argv;

const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());

await run(
  redisSubscriber({
    url: REDIS_URL,
    patterns: patterns.length > 0 ? patterns : '*',
    // Read at each attempt: a changed password needs no restart.
    ...(file && { login: async () => ({ password: (await readFile(file, 'utf8')).trim() }) }),
    onSession: ({ epoch, gap }) =>
      console.log(`session ${epoch}${gap ? ': messages published meanwhile are lost' : ''}`),
    onMessage: ({ channel, text }) => console.log(channel, text),
  }),
  {
    signal: stop.signal,
    onEvent: (event) => {
      if (event.type === 'retry.scheduled') console.warn(`again in ${event.delayMs} ms`);
    },
  },
);
