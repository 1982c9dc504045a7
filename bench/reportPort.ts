import { once } from 'node:events';
import type { AddressInfo, Server } from 'node:net';

/** In a server's process: listens, tells the parent where, and lives no longer than the parent. */
export async function reportPort(server: Server, port = 0): Promise<void> {
  process.once('disconnect', () => process.exit());
  // The longest queue the system allows: here it is not the listener that is measured.
  server.listen({ host: '127.0.0.1', port, backlog: 65_535 });
  await once(server, 'listening');
  process.send?.((server.address() as AddressInfo).port);
}
