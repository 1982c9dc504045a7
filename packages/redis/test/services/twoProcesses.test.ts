import { lockSuite } from '../../../../test/support/lockSuite.js';
import { urlOf } from '../../../../test/support/services.js';
import { isRedisMissing } from '../support/skipped.js';

lockSuite(urlOf('Redis'), 'packages/redis/test/support/lockMember.ts', isRedisMissing);
