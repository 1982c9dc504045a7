import { describeContract } from '../../../../test/support/serviceContract.js';
import { service } from './service.js';

describeContract(service, 18);
