import { describe, expect, it } from 'vitest';
import { storm } from '../../bench/storm/bench.js';
import type { Results } from '../../bench/bench.js';
import { benchPresets, otherPresets } from '../../lab/model/presets.js';
import { areEqual, bounded, hashOf, type NumberName, bounds } from '../../lab/model/settings.js';
import { read } from '../support/documents.js';

const { size } = (JSON.parse(read('bench/results.json')) as Results)['storm'] as Results[string];

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
});
