import { InvalidOptionError } from 'schmoozer/compiled';
import { expiringLock, type ExpiringLockOptions, type Lock } from 'schmoozer/exclusive';
import type { PostgresClient } from './postgresClient.js';
import { PostgresClaim } from './postgresClaim.js';

/** How a lock reaches Postgres, and how long it is kept. */
export interface PostgresLockOptions extends ExpiringLockOptions {
  /** Creates a `pg` client that is not connected yet: each claim of a lock has its own session. */
  readonly client: () => PostgresClient;
  /**
   * The table of the fencing numbers, created if it is missing. Default: `'schmoozer_lock'`. Bounds: a name, with or
   * without a schema.
   */
  readonly table?: string;
}

const NAME = /^[a-z_][a-z0-9_$]*(?:\.[a-z_][a-z0-9_$]*)?$/i;

/**
 * Advisory locks of Postgres, version 14 or newer, for `exclusive` of `schmoozer/exclusive`. A lock is held by a
 * session, which the server ends after `lifeMs` of silence.
 *
 * @throws InvalidOptionError when an option is missing, unknown or out of bounds
 */
export function postgresLock(options: PostgresLockOptions): Lock {
  if (typeof options !== 'object' || options === null) {
    throw new InvalidOptionError('options', 'an object', options, typeof options);
  }
  const { client, table = 'schmoozer_lock', ...others } = options;
  if (typeof client !== 'function') {
    throw new InvalidOptionError('client', 'a function that creates a client of `pg`', client);
  }
  if (typeof table !== 'string' || !NAME.test(table)) {
    throw new InvalidOptionError('table', 'the name of a table', table);
  }
  return expiringLock({ claim: (terms) => PostgresClaim.open(client, table, terms) }, others);
}
