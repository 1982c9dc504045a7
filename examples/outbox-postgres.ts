// An outbox in Postgres, with one table for all outboxes: outbox({ store: postgresStore(client, 'orders'), … })
import type { Client } from 'pg';
import type { OutboxItem, OutboxStore } from 'schmoozer/outbox';

/** One client, not a pool: the first call must finish first. The store does not close it. */
export function postgresStore<TMessage>(client: Client, name: string): OutboxStore<TMessage> {
  return {
    async load() {
      await client.query(
        'CREATE TABLE IF NOT EXISTS outbox (name text, seq bigint, item jsonb, PRIMARY KEY (name, seq))',
      );
      const { rows } = await client.query<{ item: OutboxItem<TMessage> }>(
        'SELECT item FROM outbox WHERE name = $1 ORDER BY seq',
        [name],
      );
      return rows.map(({ item }) => item);
    },
    append: (items) =>
      client.query(
        `INSERT INTO outbox SELECT $1, (item->>'seq')::bigint, item FROM jsonb_array_elements($2) AS item`,
        [name, JSON.stringify(items)],
      ),
    remove: (seqs) =>
      client.query('DELETE FROM outbox WHERE name = $1 AND seq = ANY($2)', [name, seqs]),
    close() {},
  };
}
