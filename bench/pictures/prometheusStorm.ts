import * as Plot from '@observablehq/plot';
import { ink, pictureOf } from './pictureOf.js';

/** What Prometheus answers for a range of time. */
interface Series {
  readonly metric: Readonly<Record<string, string>>;
  readonly values?: readonly (readonly [atS: number, value: string])[];
}

interface Outage {
  readonly links: number;
  readonly lostAtS: number;
  readonly beforeS: number;
  readonly outageS: number;
  readonly afterS: number;
}

const rows = ['links', 'attempts per second'] as const;
/** What is drawn, from the bottom up. */
const layers = [
  { row: 0, label: 'online', fill: ink.ours },
  { row: 0, label: 'queued', fill: ink.quiet },
  { row: 0, label: 'waiting', fill: ink.peer },
  { row: 1, label: 'opened', fill: ink.ours },
  { row: 1, label: 'failed', fill: ink.peer },
] as const;

/** Links by state, and attempts by outcome, while their server is away and comes back. */
export function prometheusStorm(series: readonly Series[], outage: Outage): string {
  const { links, lostAtS, beforeS, outageS, afterS } = outage;
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

  return pictureOf(`What Prometheus sees of ${links} links whose server is away for ${outageS} s`, {
    width: 860,
    height: 420,
    marginLeft: 60,
    marginRight: 20,
    marginTop: 44,
    marginBottom: 46,
    x: {
      label: 'seconds since the server was lost →',
      labelOffset: 38,
      domain: [-beforeS, outageS + afterS],
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
          shapeRendering: 'crispEdges',
          order: layers.map(({ fill }) => fill),
        }),
      ),
      Plot.ruleX([0, outageS], { stroke: ink.quiet, strokeDasharray: '3 3' }),
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
  });
}
