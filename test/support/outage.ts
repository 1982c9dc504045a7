import type { ReconnectActor } from 'schmoozer';
import type { CompiledActor } from 'schmoozer/compiled';
import { until } from './until.js';

/** Kills a server, and starts it again when an attempt of the link has failed. */
export async function outage(
  link: Pick<CompiledActor | ReconnectActor, 'on'>,
  server: { kill(): unknown; start(): Promise<unknown> },
): Promise<void> {
  let failed = 0;
  const { unsubscribe } = link.on('attempt.failed', () => (failed += 1));
  await server.kill();
  await until('two attempts that fail', () => failed >= 2);
  unsubscribe();
  await server.start();
}
