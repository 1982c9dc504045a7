import type { Service } from '../../../../test/support/serviceUnderTest.js';
import type { postgresListener } from '../../src/index.js';
import { postgresService } from './postgresService.js';

/** `LISTEN` by a connector, which may be that of another version of the client. */
export function listenerService(make: typeof postgresListener): Service {
  return postgresService({
    keepsMessages: false,
    connector: (_name, connection, { onSession, hear, shared }) =>
      make({
        ...connection,
        onSession,
        onMessage: ({ payload }, { epoch }) => hear(epoch, payload),
        ...shared,
      }),
    prepare: async () => {},
    publish: (admin, name, text) => admin.query('SELECT pg_notify($1, $2)', [name, text]),
    clean: async () => {},
  });
}
