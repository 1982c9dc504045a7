import type { Service } from '../../../../test/support/serviceUnderTest.js';
import type { postgresFeed } from '../../src/index.js';
import { postgresService } from './postgresService.js';

interface Row {
  readonly id: number;
  readonly text: string;
}

/** Rows by a connector, which may be that of another version of the client. */
export function feedService(make: typeof postgresFeed): Service {
  return postgresService({
    keepsMessages: true,
    redelivers: true,
    connector: (name, connection, { onSession, hear, shared }) =>
      make({
        ...connection,
        read: async (client, after = 0) => {
          const sql = `SELECT id, text FROM "${name}" WHERE id > $1 ORDER BY id LIMIT 10`;
          return (await client.query<Row>(sql, [after])).rows;
        },
        cursorOf: ({ id }) => id,
        onSession,
        onMessage: ({ text }, { epoch }) => hear(epoch, text),
        ...shared,
      }),
    prepare: (admin, name) => admin.query(`CREATE TABLE "${name}" (id serial, text text)`),
    publish: (admin, name, text) =>
      admin.query(
        `WITH added AS (INSERT INTO "${name}" (text) VALUES ($2)) SELECT pg_notify($1, '')`,
        [name, text],
      ),
    clean: (admin, name) => admin.query(`DROP TABLE "${name}"`),
  });
}
