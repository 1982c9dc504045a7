// Writes src/compiled/steps.generated.ts from the chart; `npm run chart`.
import { writeFileSync } from 'node:fs';
import { chart } from '../src/machine/chart.js';
import { flatten } from './chart/flatten.js';
import { source } from './chart/source.js';

/** What src/compiled/steps.generated.ts must hold. */
export const steps: string = source(flatten(chart));

if (process.argv[1] === new URL(import.meta.url).pathname) {
  writeFileSync(new URL('../src/compiled/steps.generated.ts', import.meta.url), steps);
}
