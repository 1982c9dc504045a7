import type { Samples, Target } from '../bench.js';
import { medianOf, valuesOf } from '../statistics.js';

const US = 'schmoozer';
const lostOf = (samples: Samples, name: string) =>
  valuesOf(samples, name, 'lost').reduce((sum, value) => sum + value, 0);

/** Nobody who recovered may have been accepted less often, and we must have recovered. */
export function targetsAgainst(server: string): Target[] {
  return [
    {
      label: `connections accepted by a ${server} server ÷ the fewest of any other client that came back`,
      limit: 1,
      digits: 2,
      value(samples) {
        const ours = medianOf(samples, US, 'accepts');
        const others = Object.keys(samples)
          .filter((name) => !name.startsWith(US) && lostOf(samples, name) === 0)
          .map((name) => medianOf(samples, name, 'accepts') ?? Infinity);
        return ours === null || others.length === 0 ? null : ours / Math.min(...others);
      },
    },
    {
      label: `clients not back after a ${server} server has recovered`,
      limit: 0,
      digits: 0,
      value: (samples) => (samples[US] ? lostOf(samples, US) : null),
    },
  ];
}
