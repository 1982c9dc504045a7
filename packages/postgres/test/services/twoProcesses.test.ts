import pg from 'pg';
import { lockSuite } from '../../../../test/support/lockSuite.js';
import { urlOf } from '../../../../test/support/services.js';
import { isPostgresMissing } from '../support/skipped.js';

const program = 'packages/postgres/test/support/lockMember.ts';

lockSuite(urlOf('Postgres'), program, isPostgresMissing, async (name) => {
  const client = new pg.Client(urlOf('Postgres').href);
  await client.connect();
  await client.query('delete from schmoozer_lock where name = $1', [name]);
  await client.end();
});
