import type { Column } from '../bench.js';

export const columns = (time: string): Column[] => [
  { metric: 'accepts', label: `connections accepted in ${time}`, digits: 0 },
  { metric: 'recoveredMs', label: 'back after, s', digits: 1, divisor: 1000, none: 'never' },
  { metric: 'lost', label: 'clients not back', digits: 0, total: true },
];
