import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { attributesOf, collector } from '../support/collector.js';

const support = fileURLToPath(new URL('../support/', import.meta.url));
const server = {
  'server.address': 'db.example',
  'server.port': 5432,
  'network.protocol.name': 'postgresql',
};

it('--import is all it takes: an application that has not heard of telemetry has it', async () => {
  const { url, metrics, spans } = await collector();
  const imports = ['./sdk.mjs', '@schmoozer/opentelemetry/register'];
  const { stdout, stderr } = await promisify(execFile)(
    process.execPath,
    [...imports.flatMap((name) => ['--import', name]), 'app.mjs'],
    {
      cwd: support,
      timeout: 50_000,
      env: { ...process.env, NODE_OPTIONS: '', OTEL_EXPORTER_OTLP_ENDPOINT: url },
    },
  );
  expect(stdout + stderr).toBe('');
  const [attempt] = metrics.get('schmoozer.connection.attempts')?.sum?.dataPoints ?? [];
  expect(attempt && attributesOf(attempt)).toEqual({
    ...server,
    'schmoozer.attempt.outcome': 'opened',
  });
  const online = metrics
    .get('schmoozer.connection.state_time')
    ?.sum?.dataPoints.map((point) => attributesOf(point)['schmoozer.connection.state']);
  expect(online).toContain('online');
  expect(spans.map(({ name }) => name)).toEqual(['connect db.example', 'reconnect']);
});
