import { describe, expect, it } from 'vitest';
import type { Results } from '../../bench/bench.js';
import { rounded } from '../../bench/rounds.js';
import { benchPresets } from '../../lab/model/presets.js';
import { simulate } from '../../lab/model/simulate.js';
import { read } from '../support/documents.js';

// Against a hang alone: a busy machine may take its time.
const DEADLINE_MS = 240_000;

const { samples } = (JSON.parse(read('bench/results.json')) as Results)['storm'] as Results[string];

describe('the storms of the presets', () => {
  // Seed 1 is that of the first round. Time is virtual: the same figures on every machine.
  it.each(benchPresets)(
    '$name comes out as in bench/results.json, to six digits',
    { timeout: DEADLINE_MS },
    async ({ name, settings }) => {
      const simulation = await simulate(settings);
      let attempts = 0;
      let last: readonly number[] = [];
      for await (const frame of simulation.frames()) {
        attempts += frame.attempts;
        last = frame.states;
      }
      const { curves: _, ...figures } = simulation.figures;
      expect(rounded(figures)).toEqual(samples[name]?.[0]);
      expect(attempts).toBe(figures.attempts);
      expect(last.reduce((a, b) => a + b)).toBe(settings.clients);
    },
  );
});
