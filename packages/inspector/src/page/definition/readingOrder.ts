import { type ChartState, descendantsOf, isInside } from './chart.js';

/**
 * The inner states in the order of their arrows, from the initial one, because serializers sort keys. States without
 * incoming arrows follow, final ones last.
 */
export function readingOrder({ children, initial }: ChartState): ChartState[] {
  const first = children.find(({ name }) => name === initial) ?? children[0];
  const reached = new Set(first && [first]);
  for (const state of reached) {
    for (const inner of [state, ...descendantsOf(state)]) {
      for (const target of inner.edges.flatMap(({ targets }) => targets)) {
        const next = children.find((child) => isInside(target, child));
        if (next && next.type !== 'final') reached.add(next);
      }
    }
  }
  const others = children.filter((state) => !reached.has(state));
  const isFinal = ({ type }: ChartState) => type === 'final';
  return [...reached, ...others.filter((state) => !isFinal(state)), ...others.filter(isFinal)];
}
