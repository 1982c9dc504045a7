import { describeContract } from '../../../../test/support/serviceContract.js';
import { mqttService } from '../support/mqttService.js';

describeContract(mqttService(2), 18);
