import { describe, expect, it } from 'vitest';
import { storm } from '../../bench/storm/bench.js';
import type { Results } from '../../bench/bench.js';
import { rounded } from '../../bench/rounds.js';
import { benchPresets, otherPresets } from '../../lab/model/presets.js';
import { areEqual, bounded, hashOf, type NumberName, bounds } from '../../lab/model/settings.js';
import { simulate } from '../../lab/model/simulate.js';
import { read } from '../support/documents.js';

// Against a hang alone: a busy machine may take its time.
const DEADLINE_MS = 240_000;

const { samples, size } = (JSON.parse(read('bench/results.json')) as Results)[
  'storm'
] as Results[string];

describe('the presets', () => {
  it('are all storms of docs/benchmarks.md, and no other', () => {
    const names = benchPresets.map(({ name }) => name);
    expect(names.toSorted()).toEqual(storm.variants.map(({ name }) => name).toSorted());
    expect(benchPresets.every(({ settings }) => settings.clients === size['clients'])).toBe(true);
  });

  it.each([...benchPresets, ...otherPresets])(
    '$name differs from all others, within bounds',
    ({ name, settings }) => {
      const alike = [...benchPresets, ...otherPresets].filter((other) =>
        areEqual(other.settings, settings),
      );
      expect(alike.map((each) => each.name)).toEqual([name]);
      for (const number of Object.keys(bounds) as NumberName[]) {
        expect(bounded(number, settings[number]), hashOf(settings)).toBe(settings[number]);
      }
    },
  );

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
