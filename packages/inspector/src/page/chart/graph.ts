import type { ElkExtendedEdge, ElkNode } from 'elkjs/lib/elk-api.js';
import type { Chart, ChartEdge, ChartState } from '../definition/chart.js';
import {
  headHeight,
  headWidth,
  isInitial,
  type Look,
  PAD,
  rowsHeight,
  rowsWidth,
} from './sizes.js';

const spacing = {
  'elk.spacing.nodeNode': '20',
  'elk.spacing.edgeNode': '13',
  'elk.spacing.edgeEdge': '9',
  'elk.layered.spacing.nodeNodeBetweenLayers': '24',
  'elk.layered.spacing.edgeNodeBetweenLayers': '11',
  'elk.layered.spacing.edgeEdgeBetweenLayers': '8',
};

/** On a screen, arrows to the same state are merged; on paper each one is separate, so that the eye can follow it. */
const merging = {
  'elk.layered.mergeEdges': 'true',
  'elk.layered.mergeHierarchyEdges': 'true',
};

/** Builds the graph for ELK's layout: a pure function, which can be tested without a browser. */
export function graphOf(chart: Chart, look: Look): ElkNode {
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
      // The most readable of the placements that were compared; on a page, which is narrower than a screen, the
      // narrowest.
      'elk.layered.nodePlacement.strategy': look.isPrinted ? 'LINEAR_SEGMENTS' : 'NETWORK_SIMPLEX',
      ...spacing,
      ...(look.isPrinted ? {} : merging),
    },
    children: hasFrame(chart) ? [nodeOf(chart.root, look)] : inner(chart.root, look),
    edges: [
      ...linksOf(chart).map(({ from, to }, i) => ({
        id: linkId(i),
        // A state with inner states has its own transitions in a block among them.
        sources: [from.children.length > 0 ? rowsId(from) : boxId(from)],
        targets: [boxId(to)],
      })),
      ...(look.isPrinted ? [] : [...chart.states.values()].flatMap(rowsOfRegions)),
    ],
  };
}

/** Invisible edges that keep each region below the previous one, so that regions are arranged in rows. */
function rowsOfRegions({ type, children }: ChartState): ElkExtendedEdge[] {
  if (type !== 'parallel') return [];
  const regions = children.filter((child) => child.type !== 'history');
  const columns = Math.max(2, Math.round(Math.sqrt(regions.length / 2)));
  return regions.slice(columns).map((region, i) => ({
    id: `below ${region.path}`,
    sources: [boxId(regions[i] as ChartState)],
    targets: [boxId(region)],
  }));
}

/** True if the machine needs a frame. Most have only states at the top, where a frame would say nothing. */
export function hasFrame({ root }: Chart): boolean {
  return (
    root.type !== 'compound' ||
    root.edges.some(({ targets }) => targets.length > 0) ||
    root.invokes.length > 0
  );
}

export const boxId = ({ path }: ChartState): string => `state ${path}`;
export const rowsId = ({ path }: ChartState): string => `rows ${path}`;
export const linkId = (place: number): string => `arrow ${place}`;

/** All transitions from one state to another. */
export interface Link {
  readonly from: ChartState;
  readonly to: ChartState;
  readonly edges: readonly ChartEdge[];
}

/** One for each arrow; none leads to the machine itself. */
export function linksOf({ edges }: Chart): Link[] {
  const links = new Map<string, Link & { readonly edges: ChartEdge[] }>();
  for (const edge of edges) {
    for (const to of edge.targets) {
      if (to.parent === undefined) continue;
      const key = `${edge.source.path} ${to.path}`;
      const link = links.get(key) ?? { from: edge.source, to, edges: [] };
      link.edges.push(edge);
      links.set(key, link);
    }
  }
  return [...links.values()];
}

function nodeOf(state: ChartState, look: Look): ElkNode {
  const id = boxId(state);
  const start: typeof atTop | undefined = look.isPrinted || !isInitial(state) ? undefined : atTop;
  if (state.type === 'history') return { id, width: 28, height: 28, ...start };
  const height = headHeight(state, look);
  const width = headWidth(state, look);
  if (state.children.length === 0) {
    const rows = rowsHeight(state, look);
    return {
      id,
      width: Math.max(width, rowsWidth(state, look) + 2 * PAD),
      height: height + (rows > 0 ? rows + 8 : 2),
      ...start,
    };
  }
  return {
    id,
    layoutOptions: {
      ...start?.layoutOptions,
      'elk.padding': `[top=${height + 4},left=18,bottom=13,right=14]`,
      'elk.nodeSize.constraints': 'MINIMUM_SIZE',
      'elk.nodeSize.minimum': `(${width},${height})`,
      'elk.direction': 'DOWN',
      ...spacing,
    },
    children: inner(state, look),
  };
}

/** Reading starts at the initial state, so it is at the top. */
const atTop = { layoutOptions: { 'elk.layered.layering.layerConstraint': 'FIRST' } };

function inner(state: ChartState, look: Look): ElkNode[] {
  const rows = {
    id: rowsId(state),
    width: rowsWidth(state, look) + 4,
    height: rowsHeight(state, look) + 4,
  };
  return [
    ...(state.edges.length > 0 ? [rows] : []),
    ...state.children.map((child) => nodeOf(child, look)),
  ];
}
