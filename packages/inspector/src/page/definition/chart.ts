/** A machine as the page knows it: its states, and the transitions between them. */

export type StateType = 'atomic' | 'compound' | 'parallel' | 'final' | 'history';

export interface ChartState {
  /** Dotted path from the top; '' is the machine itself. */
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
  /** In the order in which a machine tries them. */
  readonly edges: ChartEdge[];
}

export type EdgeKind = 'event' | 'after' | 'always' | 'done' | 'error';

export interface ChartEdge {
  /** Its place in `Chart.edges`. */
  readonly index: number;
  readonly source: ChartState;
  readonly targets: readonly ChartState[];
  /** As XState names it; '' for `always`. */
  readonly eventType: string;
  readonly kind: EdgeKind;
  /** The event in words. */
  readonly what: string;
  /** The event with its guard, as the state's line begins. */
  readonly label: string;
  readonly guard: string | undefined;
  readonly actions: readonly string[];
  readonly description: string;
  /** Of an `after`: its name or its milliseconds. */
  readonly delay: string | undefined;
}

export interface Chart {
  readonly root: ChartState;
  readonly states: ReadonlyMap<string, ChartState>;
  readonly ids: ReadonlyMap<string, ChartState>;
  readonly edges: readonly ChartEdge[];
  /** What is left out, in words; '' when the chart is whole. */
  readonly omission: string;
}

export function descendantsOf(state: ChartState): ChartState[] {
  return state.children.flatMap((child) => [child, ...descendantsOf(child)]);
}

/** Whether a state is another one, or lies in it. */
export function isInside(state: ChartState | undefined, outer: ChartState): boolean {
  for (let it = state; it; it = it.parent) if (it === outer) return true;
  return false;
}
