// Why: docs/decisions/0048-pictures-from-the-inspector.md
import Elk from 'elkjs/lib/elk.bundled.js';
import { draw } from '../../packages/inspector/src/page/chart/draw.js';
import { graphOf } from '../../packages/inspector/src/page/chart/graph.js';
import { layoutOf } from '../../packages/inspector/src/page/chart/layout.js';
import type { Look } from '../../packages/inspector/src/page/chart/sizes.js';
import type { Chart } from '../../packages/inspector/src/page/definition/chart.js';
import { measure } from './measure.js';
import { onPaper, svg } from './paper.js';

const LOOK: Look = { measure, isPrinted: true };

/** The chart as the inspector draws it, with the actions written out. */
export async function fullPicture(chart: Chart): Promise<string> {
  const layout = layoutOf(chart, await new Elk.default().layout(graphOf(chart, LOOK)), LOOK);
  return onPaper(chart, draw(svg, chart, layout, LOOK).svg, layout);
}
