import { once } from 'node:events';
import type { Cluster, Redis } from 'ioredis';

/** One wait for each client: a process may have many links, and a client warns when it has more than ten listeners. */
const waits = new WeakMap<Redis | Cluster, Promise<void>>();

/**
 * Waits until the client is connected: at its start it is used before it is connected. A client that has lost its
 * connection rejects at once.
 */
export function connected(client: Redis | Cluster): Promise<void> {
  const waiting = waits.get(client) ?? wait(client).finally(() => waits.delete(client));
  waits.set(client, waiting);
  return waiting;
}

async function wait(client: Redis | Cluster): Promise<void> {
  // The error of `connect` is also emitted as `error`.
  if (client.status === 'wait') client.connect().catch(() => {});
  if (client.status !== 'connecting' && client.status !== 'connect') return;
  const settled = new AbortController();
  const { signal } = settled;
  try {
    await Promise.race([once(client, 'ready', { signal }), once(client, 'close', { signal })]);
  } finally {
    settled.abort();
  }
}
