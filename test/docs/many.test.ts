import { connectBudget } from 'schmoozer/budget';
import { adaptivePace, connectLimiter, fixedPace } from 'schmoozer/limiter';
import { describe, expect, it } from 'vitest';
import { defaults as paceDefaults } from '../../src/many/adaptivePace.js';
import { defaults as budgetDefaults } from '../../src/many/connectBudget.js';
import { defaults as limiterDefaults } from '../../src/many/connectLimiter.js';
import {
  defaults as endpointDefaults,
  resolveEndpointOptions,
} from '../../src/many/endpointOptions.js';
import { exclusiveDefaults } from '../../src/many/exclusive.js';
import { expiringLockDefaults } from '../../src/many/expiringLock.js';
import { defaults as linkDefaults } from '../../src/machine/settings.js';
import { groupDefaults } from '../../src/many/group/groupOptions.js';
import { healthDefaults } from '../../src/many/group/healthOf.js';
import { restartDefaults } from '../../src/many/group/restarts.js';
import { stopDefaults } from '../../src/many/group/shutdown.js';
import { read, rowsOf } from '../support/documents.js';

const file = 'docs/many.md';
const toNumber = (cell: string | undefined) => Number((cell ?? '').replaceAll(/[\s\u00a0]/g, ''));
const namesIn = (path: string, type: string) => {
  const [, source] = read(path).split(new RegExp(`export interface ${type} [^{]*{`));
  const matches = (source?.split('\n}')[0] ?? '').matchAll(/readonly (\w+)\??:/g);
  return Array.from(matches, ([, name]) => name as string).toSorted();
};
const shown = (head: string) => rowsOf(file, head).map(([name]) => name as string);

describe('docs/many.md', () => {
  it('has a row for each option of endpoints, with its default and bounds', () => {
    const rows = rowsOf(file, 'endpoints option');
    expect(rows.map(([name]) => name as string).toSorted()).toEqual(
      namesIn('src/many/endpointOptions.ts', 'EndpointsOptions'),
    );
    for (const [name, fallback, bounds] of rows.filter(([each]) => each?.endsWith('Ms'))) {
      expect(endpointDefaults[name as 'failbackMs']).toBe(toNumber(fallback));
      const least = Number(/^(?:>= )?(\d+)/.exec(bounds as string)?.[1]);
      const make = (value: number) => () => resolveEndpointOptions({ [name as string]: value });
      expect(make(least)).not.toThrow();
      expect(make(least - 0.01)).toThrow(`\`${name}\``);
    }
    const { consecutiveFailures, baseMs, maxMs } = endpointDefaults.eject;
    expect(rows.find(([name]) => name === 'eject')?.[1]).toBe(
      `${consecutiveFailures}, ${baseMs / 1000} s, ${maxMs / 1000} s`,
    );
    expect(endpointDefaults.stableAfterMs).toBe(linkDefaults.stableAfterMs);
    expect(endpointDefaults.connectTimeoutMs).toBeLessThan(linkDefaults.connectTimeoutMs);
  });

  it('has a row for each option', () => {
    expect(shown('limiter option').toSorted()).toEqual(
      namesIn('src/many/connectLimiter.ts', 'ConnectLimiterOptions'),
    );
    expect(shown('adaptive option').toSorted()).toEqual(
      namesIn('src/many/adaptivePace.ts', 'AdaptivePaceOptions'),
    );
    expect(shown('budget option').toSorted()).toEqual(
      namesIn('src/many/connectBudget.ts', 'ConnectBudgetOptions'),
    );
    expect(shown('fixed option').toSorted()).toEqual(
      namesIn('src/many/fixedPace.ts', 'FixedPaceOptions'),
    );
  });

  it('has a row for each option of a lock, with its default', () => {
    expect(shown('exclusive option').toSorted()).toEqual(
      namesIn('src/many/exclusive.ts', 'ExclusiveOptions'),
    );
    expect(shown('lock option').toSorted()).toEqual(
      namesIn('src/many/expiringLock.ts', 'ExpiringLockOptions'),
    );
    const [grace] = rowsOf(file, 'exclusive option').filter(([name]) => name === 'gracePeriodMs');
    expect(toNumber(grace?.[1])).toBe(exclusiveDefaults.gracePeriodMs);
    expect(exclusiveDefaults.gracePeriodMs).toBe(linkDefaults.gracePeriodMs);
    const [life] = rowsOf(file, 'lock option').filter(([name]) => name === 'lifeMs');
    expect(toNumber(life?.[1])).toBe(expiringLockDefaults.lifeMs);
  });

  it('has a row for each option and event of a group, with its default', () => {
    const namesOf = (path: string, type: string) => namesIn(`src/many/group/${path}.ts`, type);
    expect(shown('group option').toSorted()).toEqual(namesOf('groupOptions', 'GroupOptions'));
    expect(shown('restart option').toSorted()).toEqual(namesOf('restarts', 'RestartOptions'));
    expect(shown('stop option').toSorted()).toEqual(namesOf('shutdown', 'GroupStopOptions'));
    const defaults = { ...groupDefaults, ...restartDefaults, ...stopDefaults };
    for (const head of ['group option', 'restart option', 'stop option']) {
      for (const [name, fallback] of rowsOf(file, head)) {
        const value = defaults[name as keyof typeof defaults];
        if (typeof value === 'number') expect(toNumber(fallback)).toBe(value);
        else if (value !== undefined) expect(fallback).toBe(`'${String(value)}'`);
      }
    }
    expect(read(file)).toContain(`default ${healthDefaults.maxLinks})`);
    const events = read('src/many/group/groupEvents.ts')
      .split(/type: '/)
      .slice(1);
    const rows = rowsOf(file, 'event of a group').map(([type, fields]) => [
      type,
      ...Array.from(fields?.matchAll(/\w+/g) ?? [], String),
    ]);
    const declared = events.map((text) => [
      /^[\w.]+/.exec(text)?.[0],
      ...Array.from(
        text.split('/** How a group')[0]?.matchAll(/readonly (\w+):/g) ?? [],
        (m) => m[1],
      ).filter((f) => f !== 'type'),
    ]);
    expect(rows).toEqual(declared);
  });

  it.each(rowsOf(file, 'adaptive option'))('%s: default %s', (name, fallback) => {
    expect(paceDefaults[name as keyof typeof paceDefaults]).toBe(toNumber(fallback));
  });

  it.each(rowsOf(file, 'limiter option').filter(([name]) => name?.startsWith('max')))(
    '%s: default %s, bounds %s',
    (name, fallback, bounds) => {
      expect(limiterDefaults[name as 'maxQueued']).toBe(toNumber(fallback));
      const least = Number(/^>= (\d)/.exec(bounds as string)?.[1]);
      expect(() => connectLimiter({ [name as string]: least })).not.toThrow();
      expect(() => connectLimiter({ [name as string]: least - 0.01 })).toThrow(`\`${name}\``);
    },
  );

  it.each(rowsOf(file, 'budget option').slice(0, 4))(
    '%s: default %s, bounds %s',
    (name, fallback, bounds) => {
      expect(budgetDefaults[name as 'lease']).toBe(toNumber(fallback));
      const [least, most] = (bounds as string)
        .replace(/^(?:an integer )?>= /, '')
        .split(' to ')
        .map(toNumber);
      const make = (value: number) =>
        connectBudget({ reserve: async () => ({ delayMs: 0 }) }, { [name as string]: value });
      expect(() => make(least as number)).not.toThrow();
      expect(() => make((least as number) - 0.01)).toThrow(`\`${name}\``);
      if ((bounds as string).startsWith('an integer'))
        expect(() => make((least as number) + 0.5)).toThrow(`\`${name}\``);
      expect(() => make(most ?? 1e9)).not.toThrow();
      if (most !== undefined) expect(() => make(most + 0.01)).toThrow(`\`${name}\``);
    },
  );

  it('names the bounds of the burst', () => {
    expect(() => fixedPace({ perSecond: 1, burst: 1 })).not.toThrow();
    expect(() => fixedPace({ perSecond: 1, burst: 0.99 })).toThrow('`burst`');
    expect(() => adaptivePace({ burst: 0.99 })).toThrow('`burst`');
  });

  it('shows the storm as it was measured', () => {
    const { storm } = JSON.parse(read('bench/results.json'));
    const median = (variant: string, metric: string) => {
      const values = storm.samples[variant].map((sample: Record<string, number>) => sample[metric]);
      return values.toSorted((a: number, b: number) => a - b)[(values.length - 1) / 2] as number;
    };
    const measured = ['', 'Boot'].flatMap((boot) =>
      ['', '1', '10', '100'].map((processes) => {
        const of = (metric: string) => median(`schmoozer${boot}${processes}`, metric);
        return [
          boot ? 'cold boot' : 'storm',
          processes ? `${processes} process${processes === '1' ? '' : 'es'}` : 'no limiter',
          (of('allBackMs') / 1000).toFixed(1),
          (of('peakPerSecond') / 500).toFixed(2),
          (of('wasted') / 100).toFixed(1),
        ];
      }),
    );
    expect(rowsOf(file, 'what').slice(0, 8)).toEqual(measured);
    const budgeted = ['Budget', 'BudgetBoot'].map((variant, i) => {
      const of = (metric: string) => median(`schmoozer${variant}100`, metric);
      return [
        ['storm', 'cold boot'][i],
        '100 processes, a budget',
        (of('allBackMs') / 1000).toFixed(1),
        (of('peakPerSecond') / 500).toFixed(2),
        (of('wasted') / 100).toFixed(1),
      ];
    });
    expect(rowsOf(file, 'what').slice(8, 10)).toEqual(budgeted);
  });
});
