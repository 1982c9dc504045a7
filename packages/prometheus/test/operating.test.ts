import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { read, rowsOf } from '../../../test/support/documents.js';
import { known, servers } from './support/known.js';

const file = 'docs/operating.md';
const LABEL = /\b(?:state|name|outcome|cause|status|key|error_type)\b/g;
const alerts = readFileSync(new URL('../alerts.yml', import.meta.url), 'utf8');

const sorted = (rows: readonly unknown[]) => rows.map((row) => JSON.stringify(row)).toSorted();

describe('docs/operating.md', () => {
  it('has each metric of the package with its labels, and no other', () => {
    const shown = rowsOf(file, 'in Prometheus')
      .filter(([name]) => name !== '–')
      .map(([name, , , labels = '']) => [
        name,
        labels.includes('no server'),
        Array.from(labels.matchAll(LABEL), ([label]) => label),
      ]);
    expect(sorted(shown)).toEqual(
      sorted(
        known({ linkNames: true }).map(({ name, labelNames }) => [
          name,
          !labelNames.includes('server_address'),
          labelNames.filter((label) => !servers.includes(label)),
        ]),
      ),
    );
  });

  it('asks for nothing else, and by labels that the metric has', () => {
    const metrics = new Map(known({}).map(({ name, labelNames }) => [name, labelNames]));
    const queries = rowsOf(file, 'what to watch').map(([, query = '']) => query);
    expect(queries.length).toBeGreaterThan(8);
    for (const query of queries) {
      const asked = Array.from(query.matchAll(/\b(schmoozer_\w+?)(_bucket)?\b(?:\{(.*?)\})?/g));
      expect(asked.length, query).toBeGreaterThan(0);
      for (const [, name = '', isBucket, matchers = ''] of asked) {
        const labels = metrics.get(name);
        expect(labels, name).toBeDefined();
        const matched = Array.from(matchers.matchAll(/(\w+)[=!]/g), ([, label = '']) => label);
        const [, by = ''] = /\bby \((.*?)\)/.exec(query) ?? [];
        const grouped = by.split(', ').filter((label) => label !== '' && label !== 'le');
        expect(labels, query).toEqual(expect.arrayContaining([...matched, ...grouped]));
        expect(by.includes('le,'), query).toBe(isBucket !== undefined);
      }
    }
    const named = read(file).match(/\bschmoozer_[a-z_]+/g) ?? [];
    const bare = named.map((name) => name.replace(/_bucket$/, ''));
    expect(bare.filter((name) => !metrics.has(name))).toEqual([]);
  });

  it('says what to do for each alert, under its severity', () => {
    const severities = Array.from(
      alerts.matchAll(/- alert: (\w+)[\s\S]*?severity: (\w+)/g),
      ([, name = '', severity = '']) => [name, severity],
    );
    const sections = { critical: '### Critical', warning: '### Warnings' };
    const shown = Object.entries(sections).flatMap(([severity, heading]) => {
      const [, text = ''] = read(file).split(heading);
      const names = (text.split('\n#')[0] ?? '').matchAll(/^\| `(Schmoozer\w+)`/gm);
      return Array.from(names, ([, name = '']) => [name, severity]);
    });
    expect(sorted(shown)).toEqual(sorted(severities));
  });
});
