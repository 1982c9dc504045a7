import { Client } from 'pg';
import { postgresListen } from '../../examples/postgres-listen.js';
import { describeService } from '../support/serviceSuite.js';
import { urlOf } from '../support/services.js';

describeService({
  name: 'Postgres',
  keepsMessages: false,
  async open(name) {
    const admin = new Client({ connectionString: urlOf('Postgres').href });
    admin.on('error', () => {});
    await admin.connect();
    const ours = 'FROM pg_stat_activity WHERE application_name = $1';
    return {
      connector: ({ url, heartbeatS, onSession, hear, onCredentials }) =>
        postgresListen({
          url: `${url}?application_name=${name}`,
          channels: [name],
          heartbeatMs: heartbeatS * 1000,
          password: () => {
            onCredentials();
            return 'any';
          },
          onSession,
          onMessage: ({ epoch, payload = '' }) => hear(epoch, payload),
        }),
      publish: async (text) => void (await admin.query('SELECT pg_notify($1, $2)', [name, text])),
      count: async () => (await admin.query(`SELECT pid ${ours}`, [name])).rows.length,
      cut: async () => void (await admin.query(`SELECT pg_terminate_backend(pid) ${ours}`, [name])),
      close: () => admin.end(),
    };
  },
});
