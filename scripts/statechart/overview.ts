import type {
  Chart,
  ChartEdge,
  ChartState,
} from '../../packages/inspector/src/page/definition/chart.js';

/** What is written at an arrow or in a state, and the transitions that it stands for. */
export interface Note {
  readonly text: string;
  readonly edges: readonly ChartEdge[];
}

/** All that leads from one state to another. */
export interface Link {
  readonly from: ChartState;
  readonly to: ChartState;
  readonly notes: readonly Note[];
}

/**
 * The chart in short: arrows between the states at the top; what happens inside one of them is written in the state
 * that it leads to. Only what leads nowhere is left out.
 */
export interface Overview {
  /** The state that the chart begins in. */
  readonly left: ChartState;
  readonly middle: readonly ChartState[];
  /** The end, where there is one. */
  readonly right: ChartState | undefined;
  /** How a state is reached from within. */
  readonly ways: ReadonlyMap<ChartState, readonly Note[]>;
  readonly links: readonly Link[];
}

export function overviewOf({ root, edges: all }: Chart): Overview {
  const left = initialOf(root) ?? root;
  const right = root.children.find((state) => state.type === 'final' && state !== left);
  const middle = root.children.filter((state) => state !== left && state !== right);
  // In the middle each state has a place beside its arrow; of the others the outermost holds the arrow.
  const endOf = (state: ChartState) => (middle.includes(topOf(state)) ? state : topOf(state));

  const ways = new Map<ChartState, Way[]>();
  const links = new Map<string, { from: ChartState; to: ChartState; ways: Way[] }>();
  for (const edge of all) {
    for (const target of edge.targets) {
      const { source } = edge;
      if (source === root || target === root || topOf(source) === topOf(target)) {
        const to = innermost(target);
        ways.set(to, [...(ways.get(to) ?? []), { edge, from: source, to }]);
        continue;
      }
      const isUpright = [source, target].every((state) => middle.includes(topOf(state)));
      const [from, to] = isUpright
        ? [topOf(source), topOf(target)]
        : [endOf(source), endOf(target)];
      const key = `${from.path} ${to.path}`;
      const link = links.get(key) ?? { from, to, ways: [] };
      link.ways.push({ edge, from: source, to: target });
      links.set(key, link);
    }
  }
  return {
    left,
    middle,
    right,
    ways: new Map(
      [...ways].map(([to, those]) => [
        to,
        notesOf(those, topOf(to), to).map(({ text, edges }) => ({ text: `← ${text}`, edges })),
      ]),
    ),
    links: [...links.values()].map(({ from, to, ways: those }) => ({
      from,
      to,
      notes: notesOf(those, from, to),
    })),
  };
}

/** The outermost state around one, below the machine itself. */
export function topOf(state: ChartState): ChartState {
  let top = state;
  while (top.parent?.parent) top = top.parent;
  return top;
}

/** The event and the guard of a transition; 'otherwise' follows a branch that has a guard. */
export function guardOf({ source, eventType, guard }: ChartEdge): string | undefined {
  const isOneOfMany = source.edges.some((it) => it.eventType === eventType && it.guard);
  return guard ?? (isOneOfMany ? 'otherwise' : undefined);
}

interface Way {
  readonly edge: ChartEdge;
  readonly from: ChartState;
  readonly to: ChartState;
}

/** What is written for transitions at one place, where `start` and `end` are seen: other states are named. */
function notesOf(ways: readonly Way[], start: ChartState, end: ChartState): Note[] {
  const alike = grouped(ways, ({ edge, from, to }) =>
    [from === start, labelOf(edge), to.path].join('|'),
  );
  const isAtHome = (all: readonly Way[]) => all[0]?.from === start;
  const sourcesOf = (all: readonly Way[]) =>
    isAtHome(all) ? '' : unique(all.map(({ from }) => from.name)).join(', ');
  // States that are named are named once for all that leads from them to the same end.
  const notes = grouped(alike, (all) =>
    isAtHome(all) ? labelsOf(all) : `${sourcesOf(all)}|${all[0]?.to.path}`,
  );
  return notes.map((groups) => {
    const all = groups.flat();
    const source = sourcesOf(all);
    const target = all.find(({ to }) => to !== end)?.to.name;
    const text = groups.map(labelsOf).join(', ');
    return {
      text: `${source === '' ? '' : `${source}: `}${text}${target === undefined ? '' : ` → ${target}`}`,
      edges: all.map(({ edge }) => edge),
    };
  });
}

function labelsOf(ways: readonly Way[]): string {
  return unique(ways.map(({ edge }) => labelOf(edge))).join(', ');
}

function grouped<T>(items: readonly T[], keyOf: (item: T) => string): T[][] {
  const groups = new Map<string, T[]>();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return [...groups.values()];
}

function unique(texts: readonly string[]): string[] {
  return [...new Set(texts)];
}

function labelOf(edge: ChartEdge): string {
  const guard = guardOf(edge);
  if (guard === undefined) return edge.what;
  return edge.eventType === '' ? `[${guard}]` : `${edge.what} [${guard}]`;
}

function initialOf({ children, initial }: ChartState): ChartState | undefined {
  return children.find(({ name }) => name === initial) ?? children[0];
}

/** The state that is active when one is entered. */
function innermost(state: ChartState): ChartState {
  const initial = initialOf(state);
  return initial && state.type === 'compound' ? innermost(initial) : state;
}
