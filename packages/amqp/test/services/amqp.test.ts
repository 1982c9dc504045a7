import { describeContract } from '../../../../test/support/serviceContract.js';
import { service } from '../support/service.js';

describeContract(service, 18);
