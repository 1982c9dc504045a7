import * as Plot from '@observablehq/plot';
import type { Result } from '../bench.js';
import { medianOf } from '../statistics.js';
import { SERVER } from '../storm/stormServer.js';
import { format } from '../table.js';
import { ink, pictureOf } from './pictureOf.js';

interface Row {
  readonly variant: string;
  readonly label: string;
  readonly fill: string;
}

/** Beside the peers: enough of them to tell their kinds apart. */
const peers: readonly Row[] = [
  { variant: 'partysocket', label: 'partysocket', fill: ink.peer },
  { variant: 'socketIo', label: 'socket.io', fill: ink.peer },
  { variant: 'grpc', label: 'gRPC', fill: ink.peer },
  { variant: 'schmoozer', label: 'schmoozer', fill: ink.ours },
  { variant: 'schmoozer1', label: 'with a limiter', fill: ink.ours },
];

/** What a fleet does to the same server. */
const fleet: readonly Row[] = [
  { variant: 'schmoozer', label: 'no limiter', fill: ink.quiet },
  { variant: 'schmoozer1', label: '1 process', fill: ink.ours },
  { variant: 'schmoozer10', label: '10 processes', fill: ink.ours },
  { variant: 'schmoozer100', label: '100 processes', fill: ink.ours },
  { variant: 'schmoozerBudget100', label: '100, a budget', fill: ink.ours },
];

const SECONDS = 60;
const ROW = 72;

export const stormBesidePeers = (storm: Result) => attempts(storm, peers);
export const stormOfAFleet = (storm: Result) => attempts(storm, fleet);

/** The attempts that the server sees in each second, a row for each variant. */
function attempts({ samples, curves = {} }: Result, rows: readonly Row[]): string {
  const bars = rows.flatMap(({ variant, label, fill }) =>
    (curves[variant]?.['attempts'] ?? [])
      .slice(0, SECONDS)
      .map((count, second) => ({ label, fill, second, count })),
  );
  const ends = rows.map(({ variant, label }) => {
    const seconds = (medianOf(samples, variant, 'allBackMs') ?? Number.NaN) / 1000;
    return { label, text: `all back after ${format(seconds, 0)} s` };
  });
  return pictureOf('Attempts that a server sees in each second after it was lost', {
    width: 860,
    height: ROW * rows.length + 66,
    marginLeft: 130,
    marginRight: 60,
    marginBottom: 46,
    x: { label: 'seconds since the server was lost →', labelOffset: 38, domain: [0, SECONDS] },
    // 500 and 10 000 in one picture.
    y: {
      label: null,
      type: 'sqrt',
      domain: [0, 10_000],
      ticks: [0, SERVER.perSecond, 5000, 10_000],
      grid: true,
    },
    fy: { label: null, domain: rows.map(({ label }) => label), padding: 0.25, axis: 'left' },
    marks: [
      Plot.axisY({ anchor: 'right', ticks: [SERVER.perSecond, 5000, 10_000], label: null }),
      Plot.rectY(bars, {
        x1: 'second',
        x2: ({ second }: { second: number }) => second + 1,
        y: 'count',
        fy: 'label',
        fill: 'fill',
        insetRight: 1,
      }),
      Plot.ruleY([SERVER.perSecond], { stroke: ink.quiet, strokeDasharray: '3 3' }),
      Plot.text(ends, { fy: 'label', text: 'text', frameAnchor: 'top-right', dy: 2, dx: -4 }),
    ],
  });
}
