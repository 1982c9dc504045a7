import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../../../../test/support/exec.js';
import { closedPort } from '../../../../test/support/loopback.js';
import { until } from '../../../../test/support/until.js';

/** Whether Debian's `prometheus` is not installed, which is said once. */
export const isPrometheusMissing = ['prometheus', 'promtool'].some(
  (program) => spawnSync(program, ['--version']).error !== undefined,
);
if (isPrometheusMissing) {
  console.warn('skipped: Prometheus is not installed here (Debian: apt-get install prometheus)');
}

export interface Series {
  readonly metric: Readonly<Record<string, string>>;
  /** Of a query at one time. */
  readonly value?: readonly [atS: number, value: string];
  /** Of a query over a range. */
  readonly values?: readonly (readonly [atS: number, value: string])[];
}

export interface PrometheusServer extends AsyncDisposable {
  /** The `data` of an answer of its HTTP API. */
  get<T>(path: string, parameters?: Readonly<Record<string, string>>): Promise<T>;
  query(query: string): Promise<readonly Series[]>;
  /** The one number that a query has; undefined if it has none. */
  number(query: string): Promise<number | undefined>;
}

/** A Prometheus that scrapes one process each second, by the rules of the package. */
export async function startPrometheus(metricsPort: number): Promise<PrometheusServer> {
  const port = await closedPort();
  const folder = await mkdtemp(join(tmpdir(), 'schmoozer-prometheus-'));
  const config = {
    global: { scrape_interval: '1s', evaluation_interval: '1s' },
    rule_files: [`${root}packages/prometheus/alerts.yml`],
    scrape_configs: [
      { job_name: 'feed', static_configs: [{ targets: [`127.0.0.1:${metricsPort}`] }] },
    ],
  };
  // JSON is YAML.
  await writeFile(join(folder, 'prometheus.yml'), JSON.stringify(config));
  const server = spawn(
    'prometheus',
    [
      `--config.file=${folder}/prometheus.yml`,
      `--storage.tsdb.path=${folder}/data`,
      `--web.listen-address=127.0.0.1:${port}`,
    ],
    { stdio: 'ignore' },
  );
  const gone = once(server, 'exit');
  const get: PrometheusServer['get'] = async (path, parameters = {}) => {
    const url = `http://127.0.0.1:${port}${path}?${new URLSearchParams(parameters).toString()}`;
    const answer = (await (await fetch(url)).json()) as { status: string; data: never };
    if (answer.status !== 'success') throw new Error(`${url}: ${JSON.stringify(answer)}`);
    return answer.data;
  };
  const query: PrometheusServer['query'] = async (text) =>
    (await get<{ readonly result: readonly Series[] }>('/api/v1/query', { query: text })).result;
  await until('Prometheus is ready', () =>
    fetch(`http://127.0.0.1:${port}/-/ready`).then(
      ({ ok }) => ok,
      () => false,
    ),
  );
  return {
    get,
    query,
    async number(text) {
      const value = (await query(text))[0]?.value?.[1];
      return value === undefined ? undefined : Number(value);
    },
    async [Symbol.asyncDispose]() {
      server.kill('SIGKILL');
      await gone;
      await rm(folder, { recursive: true, force: true });
    },
  };
}
