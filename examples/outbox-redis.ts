// An outbox in Redis, one hash for each: outbox({ store: redisStore(client, 'orders'), … })
import type { Redis } from 'ioredis';
import type { OutboxItem, OutboxStore } from 'schmoozer/outbox';

/** The store does not close the client. With `appendfsync everysec`, a crash of Redis loses the last second. */
export function redisStore<TMessage>(client: Redis, name: string): OutboxStore<TMessage> {
  const key = `outbox:${name}`;
  return {
    async load() {
      const items = Object.values(await client.hgetall(key)).map(
        (text) => JSON.parse(text) as OutboxItem<TMessage>,
      );
      return items.toSorted((a, b) => a.seq - b.seq);
    },
    append: (items) =>
      client.hset(key, new Map(items.map((item) => [String(item.seq), JSON.stringify(item)]))),
    remove: (seqs) => client.hdel(key, ...seqs.map(String)),
    close() {},
  };
}
