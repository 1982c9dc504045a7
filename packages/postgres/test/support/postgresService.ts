import { once } from 'node:events';
import pg from 'pg';
import type { Connector } from 'schmoozer';
import { expect } from 'vitest';
import { urlOf } from '../../../../test/support/services.js';
import type { Service, Wiring } from '../../../../test/support/serviceUnderTest.js';
import type { Overture } from '../../../../test/support/tlsFront.js';
import type { PostgresConnectionOptions } from '../../src/index.js';

/** The client asks for TLS in the clear, by an SSLRequest; the server says yes. */
const overture: Overture = async (client) => {
  const [request] = (await once(client, 'data')) as [Buffer];
  expect(request).toEqual(Buffer.of(0, 0, 0, 8, 4, 210, 22, 47));
  client.write('S');
};

interface Kind extends Pick<Service, 'keepsMessages' | 'redelivers'> {
  connector(name: string, connection: PostgresConnectionOptions, wiring: Wiring): Connector<object>;
  /** Makes what is needed to publish. */
  prepare(admin: pg.Client, name: string): Promise<unknown>;
  publish(admin: pg.Client, name: string, text: string): Promise<unknown>;
  clean(admin: pg.Client, name: string): Promise<unknown>;
}

/** The real Postgres, as the suite of all services wants it. */
export function postgresService(kind: Kind): Service {
  const { keepsMessages, redelivers } = kind;
  return {
    name: 'Postgres',
    keepsMessages,
    ...(redelivers && { redelivers, remembers: true }),
    secure: { scheme: 'postgres:', overture },
    async open(name) {
      const admin = new pg.Client({ connectionString: urlOf('Postgres').href });
      admin.on('error', () => {});
      await admin.connect();
      await kind.prepare(admin, name);
      const ours = 'FROM pg_stat_activity WHERE application_name = $1';
      return {
        connector(wiring) {
          const { url, heartbeatS, tls, onCredentials } = wiring;
          const login = () => {
            onCredentials();
            return { user: decodeURIComponent(urlOf('Postgres').username), password: 'any' };
          };
          // What the function answers goes out, whatever the URL contains.
          const stale = url.replace(/\/\/([^@/]*@)?/, '//nobody:stale@');
          const connection = {
            url: `${stale}?application_name=${name}&sslmode=disable`,
            channels: [name],
            heartbeatMs: heartbeatS * 1000,
            login,
            ...(tls && { tls }),
          };
          return kind.connector(name, connection, wiring);
        },
        publish: async (text) => void (await kind.publish(admin, name, text)),
        count: async () => (await admin.query(`SELECT pid ${ours}`, [name])).rows.length,
        cut: async () =>
          void (await admin.query(`SELECT pg_terminate_backend(pid) ${ours}`, [name])),
        async close() {
          await kind.clean(admin, name);
          await admin.end();
        },
      };
    },
  };
}
