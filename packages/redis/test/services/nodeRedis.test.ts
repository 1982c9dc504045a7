import { describe } from 'vitest';
import { describeContract } from '../../../../test/support/serviceContract.js';
import * as entry from '../../src/node-redis.js';
import { streamService, subscriberService } from '../support/redisServices.js';

describe('redisSubscriber, by node-redis', () => {
  describeContract(subscriberService(entry), 12);
});

describe('redisStream, by node-redis', () => {
  describeContract(streamService(entry), 18);
});
