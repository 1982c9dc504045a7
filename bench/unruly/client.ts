import type { StartClient } from '../clients/client.js';
import { others } from '../clients/others.js';

// A process with one client: what it throws ends nobody else, and its chance is its own.
const [name, port] = process.argv.slice(2) as [string, string];
process.once('disconnect', () => process.exit());

const start = await clientOf(name);
if (!start) throw new Error(`no client ${name}`);
start({ port: Number(port) });
process.send?.('started');

async function clientOf(client: string): Promise<StartClient | undefined> {
  const loaders: Readonly<Record<string, () => Promise<StartClient>>> = others;
  if (client in loaders) return loaders[client]?.();
  const { webSockets } = await import('../clients/webSockets.js');
  return (webSockets as Readonly<Record<string, StartClient>>)[client];
}
