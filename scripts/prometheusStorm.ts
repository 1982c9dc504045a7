/** Writes docs/pictures/prometheus-storm.svg: what Prometheus sees of 300 links that lose their server; needs Prometheus. */
import { writeFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import * as Plot from '@observablehq/plot';
import { ink, pictureOf } from '../bench/pictures/pictureOf.js';
import { type Series } from '../packages/prometheus/test/support/prometheusServer.js';
import { startStorm } from '../packages/prometheus/test/support/storm.js';
import { until } from '../test/support/until.js';

const LINKS = 300;
const PER_SECOND = 50;
const BEFORE_S = 6;
const OUTAGE_S = 15;
const AFTER_S = 24;

const rows = ['links', 'attempts per second'] as const;
/** What is drawn, from the bottom up. */
const layers = [
  { row: 0, label: 'online', fill: ink.ours },
  { row: 0, label: 'queued', fill: ink.quiet },
  { row: 0, label: 'waiting', fill: ink.peer },
  { row: 1, label: 'opened', fill: ink.ours },
  { row: 1, label: 'failed', fill: ink.peer },
] as const;

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
const points = layers.flatMap(({ row, label, fill }) => {
  const found = series.find(({ metric }) => (metric['state'] ?? metric['outcome']) === label);
  return (found?.values ?? []).map(([atS, value]) => ({
    row: rows[row],
    label,
    fill,
    second: atS - lostAtS,
    count: Number(value),
  }));
});

await writeFile(
  'docs/pictures/prometheus-storm.svg',
  pictureOf(`What Prometheus sees of ${LINKS} links whose server is away for ${OUTAGE_S} s`, {
    width: 860,
    height: 420,
    marginLeft: 60,
    marginRight: 20,
    marginTop: 44,
    marginBottom: 46,
    x: {
      label: 'seconds since the server was lost →',
      labelOffset: 38,
      domain: [-BEFORE_S, OUTAGE_S + AFTER_S],
    },
    y: { label: null, grid: true, ticks: 4 },
    fy: { label: null, domain: [...rows], padding: 0.18, axis: null },
    color: { domain: [ink.ours, ink.quiet, ink.peer], range: [ink.ours, ink.quiet, ink.peer] },
    marks: [
      Plot.rectY(
        points,
        Plot.stackY({
          x1: 'second',
          x2: ({ second }: { second: number }) => second + 1,
          y: 'count',
          fy: 'row',
          fill: 'fill',
          order: layers.map(({ fill }) => fill),
        }),
      ),
      Plot.ruleX([0, OUTAGE_S], { stroke: ink.quiet, strokeDasharray: '3 3' }),
      Plot.text(
        [
          {
            row: rows[0],
            text: 'links: online (green), queued at the limiter (grey), waiting (orange)',
          },
          { row: rows[1], text: 'attempts per second: opened (green), failed (orange)' },
        ],
        { fy: 'row', text: 'text', frameAnchor: 'top-left', dy: -18 },
      ),
    ],
  }),
);
