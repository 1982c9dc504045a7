import type { ElkNode } from 'elkjs/lib/elk-api.js';
import type { Chart, ChartEdge, ChartState } from './definition.js';

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** All transitions from one state to another: one arrow. What each of them is, is written in the state. */
export interface Arrow {
  readonly from: ChartState;
  readonly to: ChartState;
  readonly edges: readonly ChartEdge[];
  readonly points: readonly { readonly x: number; readonly y: number }[];
}

export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly boxes: ReadonlyMap<ChartState, Box>;
  /** Where a state's own transitions are written, a line for each. */
  readonly rows: ReadonlyMap<ChartState, Box>;
  readonly arrows: readonly Arrow[];
}

/** The width of a text in the chart's type, in pixels. */
export type Measure = (text: string, style: 'name' | 'line') => number;

export const LINE = 17;
const TITLE = 29;
const CALLS = 15;
const PAD = 11;
/** Room behind each line for the number of times it was taken. */
const COUNT = 36;

const spacing = {
  'elk.spacing.nodeNode': '20',
  'elk.spacing.edgeNode': '13',
  'elk.spacing.edgeEdge': '9',
  'elk.layered.spacing.nodeNodeBetweenLayers': '24',
  'elk.layered.spacing.edgeNodeBetweenLayers': '11',
  'elk.layered.spacing.edgeEdgeBetweenLayers': '8',
};

/** What ELK is asked to lay out: pure, so that it can be looked at without a browser. */
export function graphOf(chart: Chart, measure: Measure): ElkNode {
  return {
    id: 'graph',
    layoutOptions: {
      'elk.algorithm': 'layered',
      'elk.direction': 'DOWN',
      'elk.hierarchyHandling': 'INCLUDE_CHILDREN',
      'elk.edgeRouting': 'ORTHOGONAL',
      'elk.json.shapeCoords': 'ROOT',
      'elk.json.edgeCoords': 'ROOT',
      'elk.padding': '[top=8,left=10,bottom=8,right=10]',
      // Of the placements that were tried, the narrowest that reads well.
      'elk.layered.nodePlacement.strategy': 'NETWORK_SIMPLEX',
      ...spacing,
    },
    children: hasFrame(chart) ? [nodeOf(chart.root, measure)] : inner(chart.root, measure),
    edges: pairsOf(chart).map(({ from, to }, i) => ({
      id: `arrow ${i}`,
      // A state with states in it keeps its transitions in a block of their own among them.
      sources: [from.children.length > 0 ? rowsId(from) : boxId(from)],
      targets: [boxId(to)],
    })),
  };
}

/** Most machines have nothing at the top but their states: a frame around them would say nothing. */
export function hasFrame({ root }: Chart): boolean {
  return (
    root.type !== 'compound' ||
    root.edges.some(({ targets }) => targets.length > 0) ||
    root.invokes.length > 0
  );
}

function nodeOf(state: ChartState, measure: Measure): ElkNode {
  const id = boxId(state);
  if (state.type === 'history') return { id, width: 28, height: 28 };
  const head = headOf(state);
  const title = titleWidth(state, measure);
  if (state.children.length === 0) {
    const rows = state.edges.length;
    return {
      id,
      width: Math.max(title, rowsWidth(state, measure) + 2 * PAD),
      height: head + (rows > 0 ? rows * LINE + 8 : 2),
    };
  }
  return {
    id,
    layoutOptions: {
      'elk.padding': `[top=${head + 4},left=18,bottom=13,right=14]`,
      'elk.nodeSize.constraints': 'MINIMUM_SIZE',
      'elk.nodeSize.minimum': `(${title},${head})`,
      'elk.direction': 'DOWN',
      ...spacing,
    },
    children: inner(state, measure),
  };
}

function inner(state: ChartState, measure: Measure): ElkNode[] {
  const rows = {
    id: rowsId(state),
    width: rowsWidth(state, measure) + 4,
    height: state.edges.length * LINE + 4,
  };
  return [
    ...(state.edges.length > 0 ? [rows] : []),
    ...state.children.map((child) => nodeOf(child, measure)),
  ];
}

function titleWidth(state: ChartState, measure: Measure): number {
  const tags = state.tags.reduce((width, tag) => width + tagWidth(tag, measure) + 4, 0);
  const calls = state.invokes.length > 0 ? measure(callsOf(state), 'line') : 0;
  const hue = hueOf(state) === undefined ? 0 : HUE_WIDTH;
  const name = measure(state.name, 'name') + hue + (tags > 0 ? tags + 14 : 0);
  return Math.max(88, name + 2 * PAD + (state.type === 'final' ? 8 : 0), calls + 2 * PAD);
}

/** How many colours there are in style.css. */
const HUES = 8;
export const HUE_WIDTH = 14;

/** The states that have a colour each, the one the timeline shows them in: those at the top, or of the first region. */
export function colouredStates({ type, children }: ChartState): readonly ChartState[] {
  const states = type === 'parallel' ? (children[0]?.children ?? []) : children;
  return states.filter((state) => state.type !== 'history');
}

/** The number of a state's colour. */
export function hueOf(state: ChartState): number | undefined {
  let root = state;
  while (root.parent) root = root.parent;
  const place = colouredStates(root).indexOf(state);
  return place < 0 ? undefined : place % HUES;
}

export function tagWidth(tag: string, measure: Measure): number {
  return measure(tag, 'line') * 0.86 + 14;
}

export function callsOf({ invokes }: ChartState): string {
  return `calls ${invokes.join(', ')}`;
}

/** The height of name and calls. */
export function headOf({ invokes }: ChartState): number {
  return TITLE + (invokes.length > 0 ? CALLS : 0);
}

function rowsWidth({ edges }: ChartState, measure: Measure): number {
  return Math.max(...edges.map((edge) => measure(rowText(edge), 'line')), 40) + COUNT;
}

/** The line in full; the drawing shades its parts. */
function rowText(edge: ChartEdge): string {
  return `${edge.label} ${aimOf(edge)}`;
}

export function aimOf({ targets, source }: ChartEdge): string {
  if (targets.length === 0) return '↺';
  const name = (target: ChartState) =>
    target === source ? 'itself' : target.type === 'history' ? 'as before' : target.name;
  return `→ ${targets.map(name).join(', ')}`;
}

interface Pair {
  readonly from: ChartState;
  readonly to: ChartState;
  readonly edges: ChartEdge[];
}

function pairsOf({ edges }: Chart): Pair[] {
  const pairs = new Map<string, Pair>();
  for (const edge of edges) {
    for (const to of edge.targets) {
      const key = `${edge.source.path} ${to.path}`;
      const pair = pairs.get(key) ?? { from: edge.source, to, edges: [] };
      pair.edges.push(edge);
      pairs.set(key, pair);
    }
  }
  return [...pairs.values()].filter(({ to }) => to.parent !== undefined);
}

const boxId = ({ path }: ChartState) => `state ${path}`;
const rowsId = ({ path }: ChartState) => `rows ${path}`;

/** Reads back what ELK has laid out. */
export function layoutOf(chart: Chart, graph: ElkNode): Layout {
  const found = new Map<string, Box>();
  const visit = ({ id, children, x = 0, y = 0, width = 0, height = 0 }: ElkNode) => {
    found.set(id, { x, y, width, height });
    children?.forEach(visit);
  };
  visit(graph);
  const boxes = new Map<ChartState, Box>();
  const rows = new Map<ChartState, Box>();
  for (const state of chart.states.values()) {
    const box = found.get(boxId(state));
    const block = found.get(rowsId(state));
    if (box) boxes.set(state, box);
    if (block) rows.set(state, block);
    else if (box && state.edges.length > 0) {
      const head = headOf(state);
      rows.set(state, {
        x: box.x + PAD,
        y: box.y + head,
        width: box.width - 2 * PAD,
        height: box.height - head,
      });
    }
  }
  const arrows = pairsOf(chart).map((pair, i): Arrow => {
    const section = graph.edges?.find(({ id }) => id === `arrow ${i}`)?.sections?.[0];
    const points = section
      ? [section.startPoint, ...(section.bendPoints ?? []), section.endPoint]
      : [];
    return { ...pair, points };
  });
  return { width: graph.width ?? 0, height: graph.height ?? 0, boxes, rows, arrows };
}
