/** Writes docs/pictures/prometheus-storm.svg: what Prometheus sees of 300 links that lose their server; needs Prometheus. */
import { writeFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { prometheusStorm } from '../bench/pictures/prometheusStorm.js';
import type { Series } from '../packages/prometheus/test/support/prometheusServer.js';
import { startStorm } from '../packages/prometheus/test/support/storm.js';
import { until } from '../test/support/until.js';

const LINKS = 300;
const PER_SECOND = 50;
const BEFORE_S = 6;
const OUTAGE_S = 15;
const AFTER_S = 24;

await using storm = await startStorm(LINKS, PER_SECOND);
const { prometheus } = storm;
const online = 'sum(schmoozer_connections{state="online"})';
await until('all are online', async () => (await prometheus.number(online)) === LINKS);
// Until `rate` has seen nothing but quiet.
await wait(5000 + BEFORE_S * 1000);
const lostAtS = Date.now() / 1000;
storm.lose();
await wait(OUTAGE_S * 1000);
storm.restore();
await wait(AFTER_S * 1000);

const range = {
  start: String(lostAtS - BEFORE_S),
  end: String(lostAtS + OUTAGE_S + AFTER_S - 1),
  step: '1',
};
const over = async (query: string) =>
  (await prometheus.get<{ result: readonly Series[] }>('/api/v1/query_range', { ...range, query }))
    .result;
const series = [
  ...(await over('sum by (state) (schmoozer_connections)')),
  ...(await over('sum by (outcome) (rate(schmoozer_connection_attempts_total[3s]))')),
];

const outage = {
  links: LINKS,
  lostAtS,
  beforeS: BEFORE_S,
  outageS: OUTAGE_S,
  afterS: AFTER_S,
};
await writeFile('docs/pictures/prometheus-storm.svg', prometheusStorm(series, outage));
