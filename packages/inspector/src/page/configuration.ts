import {
  type Chart,
  type ChartEdge,
  type ChartState,
  descendantsOf,
  isInside,
} from './definition/chart.js';

/** All active states, innermost or not. */
export type Configuration = ReadonlySet<ChartState>;

/** The states in a snapshot's `value`, with their ancestors. */
export function configurationOf({ root }: Chart, value: unknown): Configuration {
  const active = new Set<ChartState>();
  const enter = (state: ChartState, own: unknown): void => {
    active.add(state);
    const inner = typeof own === 'string' ? { [own]: undefined } : (own ?? {});
    for (const [key, deeper] of Object.entries(inner)) {
      const child = state.children.find(({ name }) => name === key);
      if (child) enter(child, deeper);
    }
  };
  if (value !== undefined && value !== null) enter(root, value);
  return active;
}

/** The first state in a snapshot that is not in the chart. */
export function unknownStateOf({ root }: Chart, value: unknown): string | undefined {
  const look = (state: ChartState, own: unknown): string | undefined => {
    const inner = typeof own === 'string' ? { [own]: undefined } : (own ?? {});
    for (const [key, deeper] of Object.entries(inner)) {
      const child = state.children.find(({ name }) => name === key);
      const found = child ? look(child, deeper) : `${state.path}.${key}`.replace(/^\./, '');
      if (found !== undefined) return found;
    }
    return undefined;
  };
  return value === undefined || value === null ? undefined : look(root, value);
}

export function isSame(a: Configuration, b: Configuration): boolean {
  return a.size === b.size && [...a].every((state) => b.has(state));
}

export function innermostOf(configuration: Configuration): ChartState[] {
  return [...configuration].filter(
    (state) => !state.children.some((child) => configuration.has(child)),
  );
}

/**
 * The target of an edge. The content of a history state is unknown here: `goal`, the configuration that followed in the
 * end, replaces it.
 */
export function follow(
  from: Configuration,
  { source, targets }: ChartEdge,
  goal: Configuration,
): Configuration {
  if (targets.length === 0) return from;
  const domain = domainOf(source, targets);
  const next = new Set([...from].filter((state) => state === domain || !isInside(state, domain)));
  for (const target of targets) enterInto(next, domain, target, goal);
  complete(next, goal);
  return next;
}

/** The smallest state that is not left. */
function domainOf(source: ChartState, targets: readonly ChartState[]): ChartState {
  const isInner = targets.every((target) => target !== source && isInside(target, source));
  if (isInner && source.type !== 'parallel') return source;
  let domain = source.parent ?? source;
  while (domain.parent && !targets.every((t) => t !== domain && isInside(t, domain))) {
    domain = domain.parent;
  }
  return domain;
}

function enterInto(
  next: Set<ChartState>,
  domain: ChartState,
  target: ChartState,
  goal: Configuration,
): void {
  if (target.type === 'history' && target.parent) {
    const parent = target.parent;
    for (const state of goal) if (isInside(state, parent)) next.add(state);
    if (parent !== domain) enterInto(next, domain, parent, goal);
    return;
  }
  for (let it: ChartState | undefined = target; it && it !== domain; it = it.parent) next.add(it);
}

/** Adds the initial state of each state that was entered without one. */
function complete(next: Set<ChartState>, goal: Configuration): void {
  for (const state of next) {
    if (state.type === 'parallel') {
      for (const child of state.children) if (child.type !== 'history') next.add(child);
    } else if (state.type === 'compound' && !state.children.some((child) => next.has(child))) {
      const first = initialChild(state) ?? state.children.find((child) => goal.has(child));
      if (first) enterInto(next, state, first, goal);
    }
  }
}

function initialChild(state: ChartState): ChartState | undefined {
  if (state.initial === undefined) return undefined;
  const id = state.initial.replace(/^#/, '');
  return (
    state.children.find(({ name }) => name === state.initial) ??
    descendantsOf(state).find((inner) => inner.id === id)
  );
}

/** The configuration in which the machine begins, before any `always`. */
export function initialConfiguration({ root }: Chart, goal: Configuration): Configuration {
  const active = new Set([root]);
  complete(active, goal);
  return active;
}
