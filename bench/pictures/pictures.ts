// Why: bench/decisions/0089-pictures-of-measurements.md
import type { Result, Results } from '../bench.js';
import { cycle } from '../cycle/bench.js';
import { memory } from '../memory/bench.js';
import { bars } from './bars.js';
import { stormBesidePeers, stormOfAFleet } from './storm.js';

/** What `docs/pictures` holds, by the name of the file: drawn from bench/results.json alone. */
export function pictures(results: Results): Readonly<Record<string, string>> {
  const of = (name: string, draw: (result: Result) => string) => {
    const result = results[name];
    return result === undefined ? '' : draw(result);
  };
  return {
    'storm.svg': of('storm', stormBesidePeers),
    'fleet.svg': of('storm', stormOfAFleet),
    'cycle.svg': of('cycle', (result) =>
      bars(cycle, result, { metric: 'cpuUs', label: 'CPU of a cycle, µs', digits: 1 }),
    ),
    'memory.svg': of('memory', (result) =>
      bars(memory, result, { metric: 'fewBytes', label: 'bytes of an idle link', digits: 0 }),
    ),
  };
}
