import { describe, expect, it } from 'vitest';
import { fencesOf, rowsOf } from '../../../test/support/documents.js';
import { SchmoozerInstrumentation } from '../src/index.js';
import { aboutLink, attempt, publish, publishAttempt } from './support/messages.js';
import { telemetry } from './support/telemetry.js';

const file = 'packages/opentelemetry/README.md';
const error = { name: 'Error', message: 'no', code: 'E' };

/** Something of everything. */
function publishAll(): void {
  const link = aboutLink();
  publish('schmoozer:link:state', { ...link, from: undefined, to: 'online', ms: 0 });
  publishAttempt({ ...link, ...attempt, outcome: 'failed', error, queuedMs: 1 });
  for (const epoch of [1, 2]) {
    const opened = { attempt: 0, epoch, connectMs: 1, queuedMs: 1, downMs: 1 };
    publish('schmoozer:connection:opened', { ...link, ...opened });
    publish('schmoozer:connection:stable', { ...link, epoch });
  }
  const closed = { epoch: 1, cause: 'lost', upMs: 1, isStable: true, error } as const;
  publish('schmoozer:connection:closed', { ...link, ...closed, releaseError: undefined });
  publish('schmoozer:retry:scheduled', {
    ...link,
    attempt: 1,
    delayMs: 1,
    error,
    verdict: undefined,
  });
  const limiter = { limiterId: -1, key: 'k' };
  const queue = { change: 'queued', outcome: undefined, queued: 1, inFlight: 1 } as const;
  publish('schmoozer:limiter:queue', { ...limiter, ...queue });
  const pace = { perSecond: 1, previousPerSecond: undefined, threshold: undefined } as const;
  publish('schmoozer:limiter:pace', { ...limiter, ...pace, cause: 'start' });
  publish('schmoozer:budget:degraded', { key: 'k', error });
  publish('schmoozer:budget:restored', { downMs: 1 });
}

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
