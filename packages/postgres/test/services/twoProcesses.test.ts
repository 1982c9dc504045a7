import { lockSuite } from '../../../../test/support/lockSuite.js';
import { urlOf } from '../../../../test/support/services.js';
import { isPostgresMissing } from '../support/skipped.js';

lockSuite(urlOf('Postgres'), 'packages/postgres/test/support/lockMember.ts', isPostgresMissing);
