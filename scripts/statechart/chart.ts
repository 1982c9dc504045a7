import type { AnyStateMachine } from 'xstate';
import type { Chart } from '../../packages/inspector/src/page/definition/chart.js';
import { chartOf } from '../../packages/inspector/src/page/definition/chartOf.js';
import { reconnectMachine } from '../../src/machine/machine.js';

/** A machine as the inspector reads it. */
export function read({ config, id }: AnyStateMachine): Chart {
  return chartOf(JSON.stringify(config), id);
}

export const chart: Chart = read(reconnectMachine as unknown as AnyStateMachine);
