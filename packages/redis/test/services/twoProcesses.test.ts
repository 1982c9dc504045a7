import { Redis } from 'ioredis';
import { lockSuite } from '../../../../test/support/lockSuite.js';
import { urlOf } from '../../../../test/support/services.js';
import { isRedisMissing } from '../support/skipped.js';

const program = 'packages/redis/test/support/lockMember.ts';

lockSuite(urlOf('Redis'), program, isRedisMissing, async (name) => {
  const client = new Redis(urlOf('Redis').href);
  const key = `schmoozer:lock:{${name}}`;
  await client.del(key, `${key}:fence`);
  await client.quit();
});
