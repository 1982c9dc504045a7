/** A process with a durable outbox: puts the messages it is told to, and says when they are kept. */
import { once } from 'node:events';
import { durableOutbox } from '../../examples/outbox-dbos.js';

const [databaseUrl, port] = process.argv.slice(2) as [string, string];
const outbox = await durableOutbox({ databaseUrl, host: '127.0.0.1', port: Number(port) });
const told = once(process, 'message') as Promise<[string[]]>;
process.send?.('ready');
const [ids] = await told;
for (const id of ids) await outbox.put(id, `text of ${id}`);
process.send?.('kept');
