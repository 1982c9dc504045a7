import { Client } from 'pg';
import { postgresListen } from '../../examples/postgres-listen.js';
import { rejection } from '../support/loopback.js';
import { deaf, describeService, type Service, uniqueName } from '../support/serviceSuite.js';
import { run } from 'schmoozer';
import { expect, it } from 'vitest';
import { urlOf } from '../support/services.js';

const service: Service = {
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
};

describeService(service, () => {
  const giveUp = async (change: (url: URL) => void) => {
    const url = urlOf('Postgres');
    change(url);
    return rejection(run(postgresListen({ url: url.href, channels: ['any'], ...deaf })));
  };

  it('gives up when the server refuses the user', async () => {
    const error = await giveUp((url) => (url.username = uniqueName()));
    expect(error).toMatchObject({ code: '28000' });
  });

  it('gives up when the database does not exist', async () => {
    const error = await giveUp((url) => (url.pathname = uniqueName()));
    expect(error).toMatchObject({ code: '3D000' });
  });
});
