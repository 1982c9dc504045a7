import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { steps } from '../../../scripts/chart.js';

it('src/compiled/steps.generated.ts is what the chart yields: run `npm run chart`', () => {
  const file = new URL('../../../src/compiled/steps.generated.ts', import.meta.url);
  expect(readFileSync(file, 'utf8')).toBe(steps);
});
