import type { Bench } from '../bench.js';
import { ratioOf } from '../statistics.js';

export const children: Bench = {
  name: 'children',
  title: 'Many links under one parent',
  method: `A machine of XState has spawned links, which are online and then end one by one, without I/O. The table shows the CPU per
start and per end. Each row counts 5000 starts and 5000 ends; the row with 20 000 links counts 20 000.`,
  variants: [
    {
      name: 'logic few',
      label: '**schmoozer**: `reconnectLogic`, 100 links',
      short: '100 links of `reconnectLogic`',
    },
    { name: 'logic many', label: '**schmoozer**: `reconnectLogic`, 5000 links' },
    { name: 'logic most', label: '**schmoozer**: `reconnectLogic`, 20 000 links' },
    { name: 'machine few', label: '**schmoozer**: `reconnectMachine`, 100 links' },
    { name: 'machine many', label: '**schmoozer**: `reconnectMachine`, 5000 links' },
  ],
  columns: [
    { metric: 'startUs', label: 'start, CPU µs', digits: 0 },
    { metric: 'endUs', label: 'end, CPU µs', digits: 0, ratioTo: ['logic few'] },
  ],
  targets: [
    {
      label: 'CPU of an end among 5000 links ÷ among 100',
      limit: 1,
      digits: 2,
      value: (samples) => ratioOf(samples, 'endUs', 'logic many', 'logic few'),
    },
  ],
  rounds: 3,
  size: { few: 100, many: 5000, most: 20_000 },
  tiny: { few: 2, many: 5, most: 6 },
  packages: [],
};
