import { type Edge, edges, first, type State, states } from './definition.js';
import { type Box, layout, LINE, type Route } from './layout.js';
import { style } from './style.js';

/** The chart as SVG; `full` also writes the actions at every arrow and in every state. */
export function picture({ full }: { full: boolean }): string {
  const between = (from: string, to: string) =>
    edges.filter((edge) => edge.from === from && edge.to === to);
  const ignored = (path: string) => edges.filter((e) => e.from === path && e.to === undefined);
  const labels = (edge: Edge) => [
    edge.event + (edge.guard === undefined ? '' : ` [${edge.guard}]`),
    ...(full && edge.actions.length > 0 ? [edge.actions.join(', ')] : []),
  ];
  const notes = (state: State) =>
    full
      ? [
          ...state.entry.map((action) => `entry: ${action}`),
          ...state.exit.map((action) => `exit: ${action}`),
          ...state.invokes.map((actor) => `calls ${actor}`),
        ]
      : [];
  const { width, height, boxes, routes } = layout(
    {
      arrow: (from, to) => between(from, to).flatMap(labels).length,
      state: (path) =>
        states.filter((s) => s.path === path).flatMap(notes).length + ignored(path).length,
    },
    full,
  );

  checkComplete(boxes, routes);
  const drawState = (state: State) => {
    const box = boxes.get(state.path) as Box;
    const isOuter = !state.path.includes('.');
    const x = box.x + (state.isFinal ? box.width / 2 : 12);
    const lines = [
      ...notes(state).map((note) => text('note', note)),
      ...ignored(state.path).map((edge) => text('transition', `⊘ ${edge.event}`, data(edge))),
    ];
    return [
      `<g class="state ${state.path.split('.')[0]}${isOuter ? ' outer' : ''}" data-path="${state.path}">`,
      rect(box, isOuter ? 12 : 8),
      ...(state.isFinal ? [rect(inset(box, 5), 8)] : []),
      `<text class="name" x="${x}" y="${box.y + 22}"${state.isFinal ? ' text-anchor="middle"' : ''}>${state.name}</text>`,
      ...lines.map((line, i) => at(line, x, box.y + 23 + (i + 1) * LINE)),
      '</g>',
    ];
  };
  const drawArrow = ({ from, to, line: [x1, y1, x2, y2] }: Route) => {
    const isVertical = x1 === x2;
    const isLeftOf = from === 'waiting.choosing' && to === 'waiting.deciding';
    const all = between(from, to).flatMap((edge) =>
      labels(edge).map((label, i) =>
        text(i === 0 ? 'transition' : 'action', label, i === 0 ? data(edge) : ''),
      ),
    );
    const topY = isVertical
      ? (y1 + y2) / 2 - (all.length * LINE) / 2 + 11
      : y1 - all.length * LINE + 9;
    // Beside a vertical arrow; above a horizontal one, in the free space next to the inner state.
    const x = isVertical ? x1 + (isLeftOf ? -8 : 8) : labelX(from, to, x1, x2, boxes);
    return [
      `<g class="arrow ${from.split('.')[0]}" data-from="${from}" data-to="${to}">`,
      ...(from === 'running' && to.startsWith('running.')
        ? [`<circle cx="${x1}" cy="${y1}" r="3"/>`]
        : []),
      `<path d="M${x1} ${y1} L${x2} ${y2}" marker-end="url(#head)"/>`,
      ...all.map((line, i) => at(line, x, topY + i * LINE, isLeftOf ? 'end' : undefined)),
      '</g>',
    ];
  };
  const initials = [first, ...states.flatMap(({ initial }) => initial ?? [])];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="The reconnect statechart">`,
    `<style>${style}</style>`,
    '<defs><marker id="head" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" orient="auto"><path class="head" d="M0 0.8 L10 5 L0 9.2 z"/></marker></defs>',
    `<rect class="paper" x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="14"/>`,
    ...states.flatMap(drawState),
    ...initials.flatMap((path) => drawInitial(path, boxes.get(path) as Box)),
    ...routes.flatMap(drawArrow),
    '</svg>',
    '',
  ].join('\n');
}

/** Names and arrows come from the machine: one that has no place in the layout must not be left out. */
function checkComplete(boxes: ReadonlyMap<string, Box>, routes: readonly Route[]): void {
  const wanted = new Set(
    edges.flatMap(({ from, to }) => (to === undefined ? [] : `${from} -> ${to}`)),
  );
  const drawn = new Set(routes.map(({ from, to }) => `${from} -> ${to}`));
  const paths = new Set(states.map(({ path }) => path));
  for (const [a, b, problem] of [
    [wanted, drawn, 'has no route in layout.ts'],
    [drawn, wanted, 'is drawn in layout.ts, but the machine has no such transition'],
    [paths, new Set(boxes.keys()), 'has no box in layout.ts'],
    [new Set(boxes.keys()), paths, 'has a box in layout.ts, but the machine has no such state'],
  ] as const) {
    for (const name of a) if (!b.has(name)) throw new Error(`${name} ${problem}`);
  }
}

function labelX(
  from: string,
  to: string,
  x1: number,
  x2: number,
  boxes: ReadonlyMap<string, Box>,
): number {
  const running = boxes.get('running') as Box;
  const connecting = boxes.get('connecting') as Box;
  if (to === 'stopped' && from !== 'connecting' && from !== 'connecting.stopping')
    return running.x + running.width + 12;
  if (from === 'running') return x1 + 10;
  return Math.min(connecting.x + connecting.width, Math.max(x1, x2)) + 12;
}

/** A dot and a short arrow into the state that is entered first. */
function drawInitial(path: string, { x, y }: Box): string[] {
  const [x1, y1, x2, y2] = path.endsWith('attempting')
    ? [x + 20, y - 16, x + 20, y]
    : [x - (path.includes('.') ? 24 : 14), y + 12, x, y + 12];
  return [
    `<g class="initial" data-to="${path}"><circle cx="${x1}" cy="${y1}" r="4"/><path d="M${x1} ${y1} L${x2} ${y2}" marker-end="url(#head)"/></g>`,
  ];
}

function data({ from, event, guard, to }: Edge): string {
  return ` data-edge="${[from, event, guard ?? '', to ?? ''].join('|')}"`;
}

function text(kind: string, content: string, attributes = ''): string {
  return `<text class="${kind}"${attributes}>${content}</text>`;
}

function at(element: string, x: number, y: number, anchor?: 'end'): string {
  return element.replace('<text', `<text x="${x}" y="${y}"${anchor ? ' text-anchor="end"' : ''}`);
}

function rect({ x, y, width, height }: Box, radius: number): string {
  return `<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="${radius}"/>`;
}

function inset({ x, y, width, height }: Box, by: number): Box {
  return { x: x + by, y: y + by, width: width - 2 * by, height: height - 2 * by };
}
