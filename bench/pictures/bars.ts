import * as Plot from '@observablehq/plot';
import type { Bench, Result } from '../bench.js';
import { medianOf } from '../statistics.js';
import { format } from '../table.js';
import { ink, pictureOf } from './pictureOf.js';

interface Figure {
  readonly metric: string;
  /** With the unit. */
  readonly label: string;
  readonly digits: number;
}

/** A bar for each variant, the least on top; on a log axis, for the dearest costs a hundred times the cheapest. */
export function bars(bench: Bench, { samples }: Result, { metric, label, digits }: Figure): string {
  const rows = bench.variants
    .flatMap(({ name, label: markdown }) => {
      const value = medianOf(samples, name, metric);
      const words = markdown.replaceAll(/[*`]/g, '');
      const fill = markdown.includes('schmoozer') ? ink.ours : ink.peer;
      return value === null ? [] : [{ words, value, fill, text: format(value, digits) }];
    })
    .toSorted((a, b) => a.value - b.value);
  const least = 10 ** Math.floor(Math.log10(rows[0]?.value ?? 1));
  return pictureOf(label, {
    width: 860,
    height: 26 * rows.length + 60,
    marginLeft: 330,
    marginRight: 60,
    marginBottom: 46,
    x: { type: 'log', label: `${label} →`, labelOffset: 38, grid: true, ticks: 4, tickFormat: 'd' },
    y: { label: null, domain: rows.map(({ words }) => words) },
    marks: [
      Plot.barX(rows, { x1: least, x2: 'value', y: 'words', fill: 'fill' }),
      Plot.text(rows, { x: 'value', y: 'words', text: 'text', textAnchor: 'start', dx: 6 }),
    ],
  });
}
