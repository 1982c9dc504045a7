import { readFileSync } from 'node:fs';
import type { Pen } from '../../packages/inspector/src/page/chart/pen.js';
import { hueOf } from '../../packages/inspector/src/page/chart/hue.js';
import type { Chart } from '../../packages/inspector/src/page/definition/chart.js';

/** A part of a drawing as text. */
export class Markup {
  constructor(readonly text: string) {}
}

/** Writes elements as text, where the inspector's page makes them. */
export const svg: Pen<Markup> = (tag, attributes, ...children) => {
  const written = Object.entries(attributes).flatMap(([name, value]) =>
    value === undefined || value === false ? [] : [` ${name}="${escaped(String(value))}"`],
  );
  const inside = children.map((child) => (child instanceof Markup ? child.text : escaped(child)));
  const start = `<${tag}${written.join('')}`;
  return new Markup(inside.length === 0 ? `${start}/>` : `${start}>${inside.join('')}</${tag}>`);
};

/** The drawing as a file that stands alone: with its colours, on a sheet with a dark twin. */
export function onPaper(
  chart: Chart,
  drawing: Markup,
  size: { readonly width: number; readonly height: number },
): string {
  const [width, height] = [Math.ceil(size.width) + 24, Math.ceil(size.height) + 24];
  const sheet = { x: 0.5, y: 0.5, width: width - 1, height: height - 1, rx: 14 };
  return `${svg(
    'svg',
    { xmlns: 'http://www.w3.org/2000/svg', viewBox: `0 0 ${width} ${height}`, width, height },
    new Markup(`\n<style>\n${styleOf(chart)}</style>\n`),
    svg('rect', { class: 'paper', ...sheet }),
    svg('svg', { x: 12, y: 12, width: size.width, height: size.height }, drawing),
    new Markup('\n'),
  ).text.replaceAll(/<(?=g |path class="arrow)/g, '\n<')}\n`;
}

/** The inspector's colours and lines; arrows have the colour of the state that they come from. */
function styleOf({ root }: Chart): string {
  const page = new URL('../../packages/inspector/page/', import.meta.url);
  const shared = ['colours.css', 'chart.css'].map((name) =>
    readFileSync(new URL(name, page), 'utf8'),
  );
  const hues = root.children.flatMap((state) => {
    const hue = hueOf(state);
    const within = (name: string) => `:is([${name}='${state.path}'], [${name}^='${state.path}.'])`;
    return hue === undefined
      ? []
      : [
          `.chart :is(.state${within('data-path')}, .arrow${within('data-from')}) { --hue: var(--hue-${hue}); }\n`,
        ];
  });
  return [...shared, ...hues, paperStyle].join('');
}

const paperStyle = `
svg { font-family: system-ui, -apple-system, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif; }
.paper { fill: var(--card); stroke: var(--line); }
.chart :is(.compound, .parallel) > .box { fill: var(--hue); fill-opacity: 0.08; stroke: var(--hue); }
.chart :is(.box, .ring) { stroke: var(--hue); }
.chart .arrow { stroke: var(--hue); stroke-width: 1.4; }
.chart circle.start { fill: var(--quiet); }
.chart path.start { stroke: var(--quiet); }
.chart .head { fill: var(--quiet); fill: context-stroke; }
.chart .row .actions { fill: var(--quiet); font-size: 11px; }
.overview .outer > .name { font-size: 15px; }
.overview .way { fill: var(--quiet); }
.overview .outer > .box { fill: var(--hue); fill-opacity: 0.08; stroke-width: 1.6; }
`;

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
};

function escaped(text: string): string {
  return text.replaceAll(/[&<>"]/g, (it) => entities[it] as string);
}
