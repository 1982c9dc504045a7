import type { AnyStateNode, AnyTransitionDefinition } from 'xstate';
import { reconnectMachine } from '../../src/machine/reconnectMachine.js';

/** A state as the documents show it. */
export interface State {
  /** Dotted path; the chart itself is ''. */
  readonly path: string;
  readonly name: string;
  readonly description: string;
  readonly tags: readonly string[];
  readonly invokes: readonly string[];
  readonly timers: readonly string[];
  readonly entry: readonly string[];
  readonly exit: readonly string[];
  readonly initial: string | undefined;
  readonly isFinal: boolean;
}

/** A transition as the documents show it. */
export interface Edge {
  readonly from: string;
  readonly event: string;
  /** 'otherwise' when an earlier branch of the same event has a guard and this one has none. */
  readonly guard: string | undefined;
  /** Undefined: the event is ignored here on purpose. */
  readonly to: string | undefined;
  readonly actions: readonly string[];
}

const nodes = walk(reconnectMachine.root);

export const states: readonly State[] = nodes.map(stateOf);
export const edges: readonly Edge[] = nodes.flatMap(edgesOf);
/** The path of the state the chart begins in. */
export const first: string = reconnectMachine.root.initial.target.map(pathOf).join();

function walk(node: AnyStateNode): AnyStateNode[] {
  return Object.values(node.states).flatMap((child) => [child, ...walk(child)]);
}

function stateOf(node: AnyStateNode): State {
  return {
    path: pathOf(node),
    name: node.key,
    description: node.description ?? '',
    tags: node.tags,
    invokes: node.invoke.map(({ id }) => id),
    timers: node.after.map(({ delay }) => String(delay)),
    entry: names(node.entry),
    exit: names(node.exit),
    initial: node.initial?.target[0] && pathOf(node.initial.target[0]),
    isFinal: node.type === 'final',
  };
}

function edgesOf(node: AnyStateNode): Edge[] {
  const groups = [...node.transitions.values(), node.always ?? []];
  return groups.flatMap((branches) => branches.map((branch) => edgeOf(branch, branches)));
}

function edgeOf(
  branch: AnyTransitionDefinition,
  branches: readonly AnyTransitionDefinition[],
): Edge {
  const target = branch.target?.[0];
  const guard = branch.guard === undefined ? undefined : nameOf(branch.guard);
  return {
    from: pathOf(branch.source),
    event: readable(branch.eventType),
    guard: guard ?? (branches.some((other) => other.guard !== undefined) ? 'otherwise' : undefined),
    to: target && pathOf(target),
    actions: names(branch.actions),
  };
}

/** `xstate.done.actor.connect` is what XState says; `connect resolves` is what happens. */
function readable(eventType: string): string {
  if (eventType === '') return 'always';
  const [, kind, , id] = /^xstate\.(done|error)\.(actor)\.(\w+)$/.exec(eventType) ?? [];
  if (kind !== undefined) return `${id} ${kind === 'done' ? 'resolves' : 'rejects'}`;
  const [, delay] = /^xstate\.after\.(\w+)\./.exec(eventType) ?? [];
  return delay === undefined ? eventType : `after ${delay}`;
}

function pathOf(node: AnyStateNode): string {
  return node.path.join('.');
}

/** Named actions; the unnamed ones are XState's own, which start and cancel the timers. */
function names(actions: readonly unknown[]): string[] {
  return actions.filter((action) => typeof action !== 'function').map(nameOf);
}

function nameOf(named: unknown): string {
  return typeof named === 'string' ? named : (named as { type: string }).type;
}
