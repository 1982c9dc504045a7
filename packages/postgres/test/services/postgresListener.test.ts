import { describeContract } from '../../../../test/support/serviceContract.js';
import { postgresListener } from '../../src/index.js';
import { listenerService } from '../support/listenerService.js';

describeContract(listenerService(postgresListener), 12);
