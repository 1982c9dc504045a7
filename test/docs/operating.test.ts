import { expect, it } from 'vitest';
import { logEvents } from 'schmoozer/log';
import { logDefaults } from '../../src/log/logEvents.js';
import { read, rowsOf } from '../support/documents.js';

const file = 'docs/operating.md';

it('docs/operating.md has a row for each option of a logger, with its default and bounds', () => {
  const rows = rowsOf(file, 'logger option');
  const [, source] = read('src/log/logEvents.ts').split('export interface LogEventsOptions {');
  const names = [...(source?.split('\n}')[0] ?? '').matchAll(/readonly (\w+)\??:/g)];
  expect(rows.map(([name]) => name)).toEqual(names.map(([, name]) => name));
  const [, everyMs, name] = rows.map(([, fallback]) => fallback);
  expect(Number(everyMs?.replaceAll(/[\s\u00a0]/g, ''))).toBe(logDefaults.everyMs);
  expect(name).toBe(`'${logDefaults.name}'`);
  const make = (ms: number) => () => logEvents({ log: () => {}, everyMs: ms });
  expect(make(0)).not.toThrow();
  expect(make(Infinity)).not.toThrow();
  expect(make(-0.01)).toThrow('`everyMs`');
});
