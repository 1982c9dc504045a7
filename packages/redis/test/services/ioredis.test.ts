import { describe } from 'vitest';
import { describeContract } from '../../../../test/support/serviceContract.js';
import * as entry from '../../src/ioredis.js';
import { streamService, subscriberService } from '../support/redisServices.js';

describe('redisSubscriber, by ioredis', () => {
  describeContract(subscriberService(entry), 12);
});

describe('redisStream, by ioredis', () => {
  describeContract(streamService(entry), 18);
});
