import { expect, it } from 'vitest';
import { read, rowsOf } from '../../../test/support/documents.js';
import { publishAll } from './support/messages.js';
import { telemetry } from './support/telemetry.js';

const file = 'docs/operating.md';
const LABEL = /\b(?:state|name|outcome|cause|status|key|error_type)\b/g;

/** What Prometheus calls an attribute. */
const labels: Readonly<Record<string, string>> = {
  'schmoozer.connection.state': 'state',
  'schmoozer.attempt.outcome': 'outcome',
  'schmoozer.close.cause': 'cause',
  'schmoozer.budget.outcome': 'outcome',
  'schmoozer.limiter.key': 'key',
  'schmoozer.link.name': 'name',
  'error.type': 'error_type',
};

it('docs/operating.md has each metric with its attributes, and no other', async () => {
  const { collect } = telemetry();
  publishAll();
  const emitted = Object.entries(await collect()).map(([name, { unit, points }]) => {
    const attributes = Object.keys(points[0]?.attributes ?? {});
    return [
      name,
      unit === 's',
      !attributes.includes('server.address'),
      attributes.map((attribute) => labels[attribute]).filter((label) => label !== undefined),
    ];
  });
  const shown = rowsOf(file, 'in Prometheus')
    .filter(([, name]) => name !== '–')
    .map(([, name, unit, besides = '']) => [
      name,
      unit === 's',
      besides.includes('no server'),
      // The name of a link is there on request alone.
      Array.from(besides.matchAll(LABEL), ([label]) => label).filter((label) => label !== 'name'),
    ]);
  const sorted = (rows: readonly unknown[]) => rows.map((row) => JSON.stringify(row)).toSorted();
  const inOrder = (rows: (unknown[] | (string | boolean | unknown[] | undefined)[])[]) =>
    sorted(rows.map((row) => [...row.slice(0, 3), [...(row[3] as string[])].toSorted()]));
  expect(inOrder(shown)).toEqual(inOrder(emitted));
  for (const attribute of Object.keys(labels)) expect(read(file)).toContain(`\`${attribute}\``);
});
