import type { Chart } from '../../packages/inspector/src/page/definition/chart.js';
import { chartOf } from '../../packages/inspector/src/page/definition/chartOf.js';
import { reconnectMachine } from '../../src/machine/reconnectMachine.js';

/** The machine as the inspector reads it. */
export const chart: Chart = chartOf(JSON.stringify(reconnectMachine.config), reconnectMachine.id);
