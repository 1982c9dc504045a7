import { once } from 'node:events';
import type { Cluster, Redis } from 'ioredis';

/** At a start the client is asked before it is connected; one that has lost its connection rejects at once. */
export async function connected(client: Redis | Cluster): Promise<void> {
  // What `connect` rejects with comes as an `error`, too.
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
