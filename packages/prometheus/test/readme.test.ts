import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { rowsOf } from '../../../test/support/documents.js';
import { dashboard, expressionsIn } from './support/dashboard.js';
import { known, servers } from './support/known.js';

const file = 'packages/prometheus/README.md';
const alerts = readFileSync(new URL('../alerts.yml', import.meta.url), 'utf8');

const metrics = () => known({});

describe('README.md', () => {
  it('has a row for each metric, with its type and labels', () => {
    const shown = rowsOf(file, 'metric').map(([name, type, , labels = '']) => [
      name,
      type,
      Array.from(labels.matchAll(/\w+_type|\b(?:state|name|outcome|cause|status|key)\b/g), String),
    ]);
    const registered = metrics().map(({ name, type, labelNames }) => [
      name,
      type,
      labelNames.filter((label) => !servers.includes(label)),
    ]);
    expect(shown).toEqual(registered);
  });

  it('has a row for each option and each alert', () => {
    expect(rowsOf(file, 'option').map(([name]) => name)).toEqual([
      'registry',
      'maxServers',
      'linkNames',
      'everyLink',
    ]);
    const named = Array.from(alerts.matchAll(/- alert: (\w+)/g), ([, name]) => name);
    expect(rowsOf(file, 'alert').map(([name]) => name)).toEqual(named);
  });
});

describe('dashboard.json and alerts.yml', () => {
  it.each([
    ['dashboard.json', () => expressionsIn('1m').join('\n')],
    ['alerts.yml', () => alerts],
  ])('%s asks for what there is', (_file, text) => {
    const names = new Set(metrics().map(({ name }) => name));
    const asked = Array.from(text().matchAll(/\bschmoozer_\w+/g), ([name]) =>
      name.replace(/_seconds_(?:bucket|count|sum)$/, '_seconds'),
    );
    expect(asked.length).toBeGreaterThan(0);
    expect(asked.filter((name) => !names.has(name))).toEqual([]);
  });

  it('shows every metric, in panels with numbers of their own', () => {
    const text = expressionsIn('1m').join('\n');
    const unseen = metrics().filter(({ name }) => !text.includes(name));
    // It counts how often `schmoozer_budgets_degraded` has risen.
    expect(unseen.map(({ name }) => name)).toEqual(['schmoozer_budget_fallbacks_total']);
    const ids = dashboard.panels.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });
});
