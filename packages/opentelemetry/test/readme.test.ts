import { describe, expect, it } from 'vitest';
import { fencesOf, rowsOf } from '../../../test/support/documents.js';
import { SchmoozerInstrumentation } from '../src/index.js';
import { publishAll } from './support/messages.js';
import { telemetry } from './support/telemetry.js';

const file = 'packages/opentelemetry/README.md';

describe('README.md', () => {
  it('has a row for each metric, with its unit and its attributes', async () => {
    const { collect } = telemetry();
    publishAll();
    const server = ['network.protocol.name', 'server.address', 'server.port'];
    const seen = Object.entries(await collect()).map(([name, { unit, points }]) => [
      name,
      unit,
      Object.keys(points[0]?.attributes ?? {}).toSorted(),
    ]);
    const shown = rowsOf(file, 'metric').map(([name, , unit, besides = '']) => {
      const attributes = besides.match(/[a-z_]+(\.[a-z_]+)+/g) ?? [];
      const isOfServer = !besides.includes('no server');
      return [name, unit, [...attributes, ...(isOfServer ? server : [])].toSorted()];
    });
    const byName = (a: unknown[], b: unknown[]) => String(a[0]).localeCompare(String(b[0]));
    expect(shown.toSorted(byName)).toEqual(seen.toSorted(byName));
  });

  it('has a row for each option', () => {
    const options = new SchmoozerInstrumentation({ enabled: false }).getConfig();
    expect(rowsOf(file, 'option').map(([name]) => name)).toEqual(Object.keys(options));
  });

  it('shows the line that is tested as a process', () => {
    const lines = fencesOf(file).map(({ code }) => code);
    expect(lines).toContain(
      'node --import ./sdk.js --import @schmoozer/opentelemetry/register app.js',
    );
  });
});
