import { once } from 'node:events';
import { Client } from 'pg';
import { postgresListen } from '../../examples/postgres-listen.js';
import { rejection } from '../support/loopback.js';
import { uniqueName } from '../support/serviceLoop.js';
import { deaf, describeService } from '../support/serviceSuite.js';
import type { Service } from '../support/serviceUnderTest.js';
import { run } from 'schmoozer';
import { expect, it } from 'vitest';
import { urlOf } from '../support/services.js';
import type { Overture } from '../support/tlsFront.js';

/** The client asks for TLS in the clear, by an SSLRequest; the server says yes. */
const overture: Overture = async (client) => {
  const [request] = (await once(client, 'data')) as [Buffer];
  expect(request).toEqual(Buffer.of(0, 0, 0, 8, 4, 210, 22, 47));
  client.write('S');
};

const service: Service = {
  name: 'Postgres',
  keepsMessages: false,
  secure: { scheme: 'postgres:', overture },
  async open(name) {
    const admin = new Client({ connectionString: urlOf('Postgres').href });
    admin.on('error', () => {});
    await admin.connect();
    const ours = 'FROM pg_stat_activity WHERE application_name = $1';
    return {
      connector: ({ url, heartbeatS, tls, onSession, hear, onCredentials }) =>
        postgresListen({
          url: `${url}?application_name=${name}`,
          channels: [name],
          heartbeatMs: heartbeatS * 1000,
          password: () => {
            onCredentials();
            return 'any';
          },
          ...(tls && { ssl: tls }),
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
