/** A machine as the page represents it: its states, and the transitions between them. */

export type StateType = 'atomic' | 'compound' | 'parallel' | 'final' | 'history';

export interface ChartState {
  /** Dotted path from the top; '' for the machine itself. */
  readonly path: string;
  readonly id: string;
  readonly name: string;
  readonly type: StateType;
  readonly parent: ChartState | undefined;
  readonly children: ChartState[];
  readonly initial: string | undefined;
  readonly isDeepHistory: boolean;
  readonly description: string;
  readonly tags: readonly string[];
  readonly invokes: readonly string[];
  readonly entry: readonly string[];
  readonly exit: readonly string[];
  /** In the order in which a machine considers them. */
  readonly edges: ChartEdge[];
}

export type EdgeKind = 'event' | 'after' | 'always' | 'done' | 'error';

export interface ChartEdge {
  /** Its index in `Chart.edges`. */
  readonly index: number;
  readonly source: ChartState;
  readonly targets: readonly ChartState[];
  /** XState's event type; '' for `always`. */
  readonly eventType: string;
  readonly kind: EdgeKind;
  /** The event in words. */
  readonly what: string;
  /** The event with its guard, as at the beginning of the state's line. */
  readonly label: string;
  readonly guard: string | undefined;
  readonly actions: readonly string[];
  readonly description: string;
  /** The delay of an `after`: its name or its milliseconds. */
  readonly delay: string | undefined;
}

export interface Chart {
  readonly root: ChartState;
  readonly states: ReadonlyMap<string, ChartState>;
  readonly ids: ReadonlyMap<string, ChartState>;
  readonly edges: readonly ChartEdge[];
  /** The omitted parts, in words; '' when the chart is complete. */
  readonly omission: string;
}

export function descendantsOf(state: ChartState): ChartState[] {
  return state.children.flatMap((child) => [child, ...descendantsOf(child)]);
}

/** True if a state equals another one, or lies in it. */
export function isInside(state: ChartState | undefined, outer: ChartState): boolean {
  for (let it = state; it; it = it.parent) if (it === outer) return true;
  return false;
}
