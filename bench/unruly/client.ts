import type { StartClient } from '../clients/client.js';

// A process with one client: what it throws ends nobody else, and its chance is its own.
const [name, port] = process.argv.slice(2) as [string, string];
process.once('disconnect', () => process.exit());

const { webSockets } = await import('../clients/webSockets.js');
const clients: Readonly<Record<string, StartClient>> =
  name in webSockets ? webSockets : (await import('../clients/others.js')).others;
const start = clients[name];
if (!start) throw new Error(`no client ${name}`);
start({ port: Number(port) });
process.send?.('started');
