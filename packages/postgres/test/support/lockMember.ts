/** A process that wants to hold a lock in Postgres. */
import pg from 'pg';
import { holdLink, orders } from '../../../../test/support/holdLink.js';
import { postgresLock } from '../../src/index.js';

await holdLink(postgresLock({ client: () => new pg.Client(orders.url), lifeMs: orders.lifeMs }));
