import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Bench, Result, Results } from '../bench.js';
import { benches } from '../benches.js';
import { page } from '../page.js';
import { pictures } from '../pictures/pictures.js';
import { programs } from '../size/programs.js';
import { medianOf, valuesOf } from '../statistics.js';
import { format, table } from '../table.js';
import { lostTargets, targetsOf } from '../targets.js';
import { root } from './support.js';

const read = (path: string) => readFileSync(join(root, path), 'utf8');

const bench: Bench = {
  name: 'example',
  title: 'An example',
  method: 'By counting.',
  variants: [
    { name: 'a', label: 'first', note: 'nothing' },
    { name: 'b', label: 'second' },
  ],
  columns: [
    { metric: 'us', label: 'wall, µs', digits: 1, ratioTo: ['a'] },
    { metric: 'backMs', label: 'back, s', digits: 1, divisor: 1000, none: 'never' },
    { metric: 'lost', label: 'lost', digits: 0, total: true },
  ],
  targets: [{ label: 'wall of b', limit: 10, digits: 1, value: ({ b }) => b?.[0]?.['us'] ?? null }],
  rounds: 3,
  size: {},
  tiny: {},
  packages: [],
};

const resultOf = (us: number): Results => {
  const samples = { b: [{ us }] };
  const result: Result = {
    day: '2026-01-31',
    seconds: 1,
    machine: '',
    load: 0,
    versions: {},
    size: {},
    samples,
  };
  return { example: result };
};

describe('docs/benchmarks.md', () => {
  const results = JSON.parse(read('bench/results.json')) as Results;
  const readme = read('README.md').replaceAll(/\s+/g, ' ');

  it('is what `npm run bench` writes from bench/results.json', () => {
    expect(read('docs/benchmarks.md')).toBe(page(benches, results));
  });

  it('has its pictures in docs/pictures', () => {
    for (const [file, picture] of Object.entries(pictures(results))) {
      expect(read(`docs/pictures/${file}`), file).toBe(picture);
    }
  });

  it('says of the storm what README.md says', () => {
    const samples = results['storm']?.samples ?? {};
    const secondsOf = (name: string) =>
      Math.round((medianOf(samples, name, 'allBackMs') ?? Number.NaN) / 1000);
    const peak = Math.max(...valuesOf(samples, 'schmoozer', 'peak'));
    const last = 'the last client is back after';
    expect(readme).toContain(`schedule), ${last} ${secondsOf('partysocket')} s:`);
    expect(readme).toContain(`(*full jitter*): ${last} ${secondsOf('schmoozer')} s, and`);
    expect(readme).toContain(`never more than ${peak} attempts within a tenth of a second`);
    const limited = secondsOf('schmoozer1');
    expect(readme).toContain(`With one limiter for all links, ${last} ${limited} s.`);
  });

  it('says of the flapping server what README.md says', () => {
    const samples = results['flap']?.samples ?? {};
    const [, shown = ''] = /In 30 s it saw (.+?)\. /.exec(readme) ?? [];
    const acceptsOf = (name: string) => medianOf(samples, name, 'accepts');
    expect(shown.split(', ')).toEqual([
      '2392 connections from Phoenix',
      `${acceptsOf('ioredis')} from ioredis`,
      `${acceptsOf('socket.io-client')} from socket.io`,
      `${acceptsOf('mqtt')} from MQTT.js`,
      `${acceptsOf('partysocket')} from partysocket`,
    ]);
    // Phoenix is not installed here: the remark of the bench has its figure.
    expect(read('docs/benchmarks.md')).toMatch(/connections accepted: Phoenix 2392,/);
  });

  it('has every bench, taken at full size', () => {
    expect(Object.keys(results).toSorted()).toEqual(benches.map(({ name }) => name).toSorted());
    for (const { name, size } of benches) expect(results[name]?.size).toEqual(size);
  });

  it('has the figures of all rounds of every variant', () => {
    for (const { name, variants, rounds, run } of benches) {
      const counts = variants.map((variant) => results[name]?.samples[variant.name]?.length);
      if (!run) expect(counts, name).toEqual(variants.map(() => rounds));
    }
  });
});

describe('the bench of sizes', () => {
  it('has a program for each entry of the package', () => {
    const { exports } = JSON.parse(read('package.json')) as { exports: Record<string, string> };
    const entries = Object.keys(exports).filter((entry) => !entry.endsWith('.json'));
    const whole = Object.values(programs).flatMap((program) =>
      [...program.matchAll(/^export \* from 'schmoozer(.*)'$/g)].map(([, entry]) => `.${entry}`),
    );
    expect(whole.toSorted()).toEqual(entries.toSorted());
  });
});

describe('table', () => {
  it('shows the median, the spread, and the median of the ratios within each round', () => {
    const a = [1, 10, 100].map((us) => ({ us, backMs: 1500, lost: 0 }));
    const b = [3, 20, 100].map((us) => ({ us, backMs: null, lost: 1 }));
    expect(table(bench, { a, b }).split('\n')).toEqual([
      '| variant | wall, µs | wall ÷ first | back, s | lost | leaves out |',
      '| --- | --- | --- | --- | --- | --- |',
      '| first | 10.0 (1.0 to 100.0) | 1.00 | 1.5 | 0 of 3 | nothing |',
      '| second | 20.0 (3.0 to 100.0) | 2.00 | never | 3 of 3 |  |',
    ]);
  });

  it('groups digits from five on', () => {
    expect([1234, 12_345, 1_234_567.25].map((value) => format(value, 1))).toEqual([
      '1234.0',
      '12 345.0',
      '1 234 567.3',
    ]);
  });
});

describe('targets', () => {
  it('are reached at the limit and not above it', () => {
    const reached = (us: number) => targetsOf([bench], resultOf(us)).map((t) => t.isReached);
    expect([reached(10), reached(10.001)]).toEqual([[true], [false]]);
  });

  it('are lost when they were reached, and are missed by more than a tenth', () => {
    const lost = (before: number, now: number) =>
      lostTargets([bench], resultOf(before), resultOf(now)).length;
    expect([lost(10, 11), lost(10, 11.001), lost(10.001, 12)]).toEqual([0, 1, 0]);
  });

  it('of a bench without results are left out', () => {
    expect(targetsOf([bench], {})).toEqual([]);
  });
});
