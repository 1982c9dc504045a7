// A durable outbox: const outbox = await durableOutbox({ databaseUrl, host, port }); await outbox.put('id-1', 'text')
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { DBOS } from '@dbos-inc/dbos-sdk';
import { Continue } from 'schmoozer';
import { createReconnectActor } from 'schmoozer/compiled';
import { lines, tcpConnector, write } from 'schmoozer/tcp';

export interface DurableOutboxOptions {
  /** A Postgres database, in which DBOS creates its tables. */
  readonly databaseUrl: string;
  readonly host: string;
  readonly port: number;
}

/** How long the server may take to confirm a message, in milliseconds. */
const CONFIRM_MS = 5000;

/**
 * `put` resolves when the message is in Postgres. From then on this process or a later one sends it until the server
 * has confirmed it, in the order of the calls. The server may receive it twice, and recognises it by its id.
 */
export async function durableOutbox({ databaseUrl, host, port }: DurableOutboxOptions) {
  let session: { readonly socket: Socket; readonly signal: AbortSignal } | undefined;
  const confirmed = new EventTarget();
  const link = createReconnectActor(
    tcpConnector({
      host,
      port,
      async run(socket, { signal }) {
        session = { socket, signal };
        for await (const id of lines(socket)) confirmed.dispatchEvent(new Event(id));
        return Continue();
      },
    }),
  );

  async function deliver(id: string, text: string): Promise<void> {
    if (session === undefined) throw new Error('offline');
    const signal = AbortSignal.any([session.signal, AbortSignal.timeout(CONFIRM_MS)]);
    await Promise.all([
      once(confirmed, id, { signal }),
      write(session.socket, `${JSON.stringify({ id, text })}\n`),
    ]);
  }
  const retries = { retriesAllowed: true, maxAttempts: 1e9, intervalSeconds: 0.5, backoffRate: 1 };
  const step = { name: 'deliver', ...retries };
  const send = DBOS.registerWorkflow(
    (id: string, text: string) => DBOS.runStep(() => deliver(id, text), step),
    { name: 'send' },
  );
  // A later process with the same version continues the remaining messages.
  DBOS.setConfig({ name: 'outbox', applicationVersion: '1', systemDatabaseUrl: databaseUrl });
  await DBOS.launch();
  await DBOS.registerQueue('outbox', { concurrency: 1 }); // one at a time: in order
  link.start();
  return {
    link,
    put: (id: string, text: string) =>
      DBOS.startWorkflow(send, { workflowID: id, queueName: 'outbox' })(id, text),
  };
}
