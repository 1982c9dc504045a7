import * as byIoredis from '../../src/ioredis.js';
import * as byNodeRedis from '../../src/node-redis.js';

/** Both clients, for `describe.each`. */
export const entries = [
  ['ioredis', byIoredis],
  ['node-redis', byNodeRedis],
] as const;
