import type { ChartState } from './chart.js';

/** Finds the target state of a transition: `#id`, `#id.path`, `.child`, `sibling` or `sibling.child`. */
export function targetOf(
  source: ChartState,
  target: string,
  ids: ReadonlyMap<string, ChartState>,
): ChartState | undefined {
  if (target.startsWith('.')) return descend(source, target.slice(1));
  if (!target.startsWith('#')) return descend(source.parent ?? source, target);
  const id = target.slice(1);
  const known = ids.get(id);
  if (known) return known;
  // The longest matching id, then a path.
  for (let dot = id.lastIndexOf('.'); dot > 0; dot = id.lastIndexOf('.', dot - 1)) {
    const start = ids.get(id.slice(0, dot));
    if (start) return descend(start, id.slice(dot + 1));
  }
  return undefined;
}

function descend(from: ChartState, path: string): ChartState | undefined {
  let state: ChartState | undefined = from;
  for (const key of path.split('.')) state = state?.children.find(({ name }) => name === key);
  return state;
}
