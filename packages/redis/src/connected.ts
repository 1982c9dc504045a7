import { once } from 'node:events';
import type { Cluster, Redis } from 'ioredis';

/**
 * Waits until the client is connected: at its start it is used before it is connected. A client that has lost its
 * connection rejects at once.
 */
export async function connected(client: Redis | Cluster): Promise<void> {
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
