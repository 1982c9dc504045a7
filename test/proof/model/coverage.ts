import { reconnectMachine } from 'schmoozer';
import type { InspectionEvent } from 'xstate';

/** A transition object of the definition, as XState runs it. */
interface Transition {
  readonly source: { readonly id: string };
  readonly eventType: string | null;
  readonly guard?: unknown;
  readonly target?: readonly { readonly id: string }[] | undefined;
}

interface Node {
  readonly transitions: ReadonlyMap<string, readonly Transition[]>;
  readonly always?: readonly Transition[] | undefined;
  readonly states: Readonly<Record<string, Node>>;
}

export interface TransitionCoverage {
  readonly inspect: (event: InspectionEvent) => void;
  /** The transitions no actor has taken yet, each as text. */
  readonly missing: () => string[];
  /** @throws Error that names every transition nobody took */
  readonly assertComplete: () => void;
}

/**
 * Counts the definition's own transition objects, down to the branch of a guard: what was taken is
 * what XState reports in each microstep, so nothing can be counted that did not happen.
 */
export function transitionCoverage(): TransitionCoverage {
  const taken = new Map(transitionsOf(reconnectMachine.root as never).map((t) => [t, 0]));
  const missing = () => [...taken].filter(([, count]) => count === 0).map(([t]) => describe(t));
  return {
    inspect: (event) => {
      if (event.type !== '@xstate.microstep') return;
      // XState's own field: no public one tells which transitions were taken.
      // oxlint-disable-next-line no-underscore-dangle
      for (const transition of event._transitions as unknown as Transition[]) {
        const count = taken.get(transition);
        if (count !== undefined) taken.set(transition, count + 1);
      }
    },
    missing,
    assertComplete() {
      const names = missing();
      if (names.length > 0) throw new Error(`transitions nobody took:\n${names.join('\n')}`);
    },
  };
}

function transitionsOf(node: Node): Transition[] {
  return [
    ...[...node.transitions.values()].flat(),
    ...(node.always ?? []),
    ...Object.values(node.states).flatMap(transitionsOf),
  ];
}

function describe({ source, eventType, guard, target }: Transition): string {
  const to = target?.map(({ id }) => id).join() ?? 'nowhere';
  const branch = guard === undefined ? '' : ` [${JSON.stringify(guard)}]`;
  return `${source.id} --${eventType || 'always'}${branch}--> ${to}`;
}
