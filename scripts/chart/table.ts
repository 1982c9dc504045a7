import type { ActionName } from '../../src/machine/actions.js';
import type { DelayName } from '../../src/machine/delays.js';
import type { GuardName } from '../../src/machine/guards.js';
import type { ChildId } from '../../src/machine/vocabulary.js';

/** A chart whose hierarchy is multiplied out: what happens in each leaf at each event, in order. */
export interface Table {
  readonly initial: Branch;
  readonly leaves: readonly Leaf[];
}

export interface Leaf {
  /** As `connecting.attempting`. */
  readonly path: string;
  readonly value: StateValue;
  readonly tags: readonly string[];
  readonly isFinal: boolean;
  readonly on: { readonly [eventType: string]: readonly Branch[] };
  readonly always: readonly Branch[];
  /** The child and the timer of the leaf. */
  readonly goingOn: readonly Op[];
}

export type StateValue = string | { readonly [key: string]: StateValue };

/** What is done where a guard holds; without one it is done in any case. */
export interface Branch {
  readonly guard?: GuardName;
  /** The path of a leaf; undefined: the machine stays where it is. */
  readonly target?: string;
  readonly ops: readonly Op[];
}

/** What a transition does. */
export type Op =
  | { readonly type: 'act'; readonly name: ActionName }
  | { readonly type: 'start' | 'stop'; readonly child: ChildId }
  | { readonly type: 'set'; readonly delay: DelayName; readonly event: string }
  | { readonly type: 'clear'; readonly event: string };
