import { describe } from 'vitest';
import { describeContract } from '../../../../test/support/serviceContract.js';
import * as entry from '../../src/node-redis.js';
import { streamService, subscriberService } from '../support/redisServices.js';
import { staysUp } from '../support/staysUp.js';

describe('redisSubscriber, by node-redis', () => {
  const service = subscriberService(entry);
  describeContract(service, 12, () => staysUp(service));
});

describe('redisStream, by node-redis', () => {
  const service = streamService(entry);
  describeContract(service, 18, () => staysUp(service));
});
