import type { Bench, Column, Samples } from './bench.js';
import { medianOf, ratioOf, valuesOf } from './statistics.js';

/** A bench's table in Markdown. */
export function table(
  { variants, columns, notes = 'leaves out' }: Bench,
  samples: Samples,
): string {
  const baseOf = (name: string) => {
    const { short, label = name } = variants.find((variant) => variant.name === name) ?? {};
    return short ?? label;
  };
  const hasNotes = variants.some(({ note }) => note !== undefined);
  const head = ['variant', ...columns.flatMap((column) => headsOf(column, baseOf))];
  const rows = variants
    .filter(({ name }) => samples[name] !== undefined)
    .map(({ name, label, note }) => [
      label,
      ...columns.flatMap((column) => cellsOf(column, samples, name)),
      ...(hasNotes ? [note ?? ''] : []),
    ]);
  const heads = hasNotes ? [...head, notes] : head;
  return [heads, heads.map(() => '---'), ...rows]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n');
}

/** Digits in threes where there are more than four, as the other documents write them. */
export function format(value: number, digits: number): string {
  const [whole, fraction] = value.toFixed(digits).split('.') as [string, string?];
  const grouped = whole.length > 4 ? whole.replaceAll(/\B(?=(\d{3})+$)/g, ' ') : whole;
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}

function headsOf({ label, ratioTo = [] }: Column, baseOf: (name: string) => string): string[] {
  const quantity = label.split(',')[0] as string;
  return [label, ...ratioTo.map((base) => `${quantity} ÷ ${baseOf(base)}`)];
}

function cellsOf(column: Column, samples: Samples, variant: string): string[] {
  const { metric, digits, divisor = 1, ratioTo = [], none = '', total } = column;
  const values = valuesOf(samples, variant, metric).map((value) => value / divisor);
  if (total) {
    const sum = values.reduce((all, value) => all + value, 0);
    return [`${format(sum, digits)} of ${values.length}`];
  }
  const middle = medianOf(samples, variant, metric);
  const ratios = ratioTo.map((base) => {
    const ratio = ratioOf(samples, metric, variant, base);
    return ratio === null ? '' : format(ratio, 2);
  });
  if (middle === null) return [none, ...ratios];
  const [low, high] = [Math.min(...values), Math.max(...values)].map((v) => format(v, digits));
  const spread = low === high ? '' : ` (${low} to ${high})`;
  return [`${format(middle / divisor, digits)}${spread}`, ...ratios];
}
