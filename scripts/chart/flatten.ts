import { actions } from '../../src/machine/actions.js';
import { delays } from '../../src/machine/delays.js';
import { guards } from '../../src/machine/guards.js';
import { children } from '../../src/machine/vocabulary.js';
import type { Branch, Leaf, Op, StateValue, Table } from './table.js';

/** A state of the chart as it is written. */
interface State {
  readonly [key: string]: unknown;
  readonly states?: { readonly [name: string]: State };
  readonly initial?: string;
  readonly type?: string;
  readonly tags?: string | readonly string[];
  readonly entry?: string | readonly string[];
  readonly invoke?: object;
  readonly always?: Written;
  readonly after?: { readonly [delay: string]: Written };
  readonly on?: { readonly [type: string]: Written };
}

type Written = string | Transition | readonly (string | Transition)[];

interface Transition {
  readonly target?: string;
  readonly reenter?: boolean;
  readonly guard?: string;
  readonly actions?: string | readonly string[];
}

interface Node {
  readonly name: string;
  /** As `reconnect.connecting.attempting`; in messages and in the types of timers. */
  readonly id: string;
  readonly state: State;
  readonly parent: Node | undefined;
  readonly nodes: readonly Node[];
}

const known = {
  root: ['id', 'description', 'initial', 'states'],
  compound: ['description', 'initial', 'states', 'invoke'],
  leaf: ['description', 'tags', 'entry', 'invoke', 'always', 'after', 'on'],
  final: ['description', 'tags', 'entry', 'type'],
  invoke: ['id', 'src'],
  transition: ['target', 'reenter', 'guard', 'actions'],
};

/**
 * Multiplies the hierarchy of a chart out. What it does not know it refuses, so that nothing of a chart gets lost.
 *
 * @throws Error that names the state and what is not known of it
 */
export function flatten(chart: object): Table {
  const written = chart as State & { readonly id: string };
  const root = nodeOf(written.id, written, undefined);
  const nodes = [root, ...below(root)];
  const atoms = nodes.filter((node) => node.nodes.length === 0);
  nodes.forEach(check);
  const leaves = atoms.map((node) => leafOf(node, root));
  refuseEndlessAlways(leaves);
  return { initial: initialOf(root), leaves };
}

function nodeOf(name: string, state: State, parent: Node | undefined): Node {
  const id = parent === undefined ? name : `${parent.id}.${name}`;
  const node = { name, id, state, parent, nodes: [] as Node[] };
  for (const [key, child] of Object.entries(state.states ?? {})) {
    node.nodes.push(nodeOf(key, child, node));
  }
  return node;
}

function below(node: Node): Node[] {
  return node.nodes.flatMap((child) => [child, ...below(child)]);
}

/** The node and what it is in, the root last. */
function upwards(node: Node): Node[] {
  return node.parent === undefined ? [node] : [node, ...upwards(node.parent)];
}

function isBelow(node: Node, domain: Node): boolean {
  return node !== domain && upwards(node).includes(domain);
}

function refuse({ id }: Node, what: string): never {
  throw new Error(`${id}: ${what} is not known here`);
}

function refuseOthers(node: Node, what: string, value: object, names: readonly string[]): void {
  for (const name of Object.keys(value)) {
    if (!names.includes(name)) refuse(node, `\`${name}\` of ${what}`);
  }
}

function check(node: Node): void {
  const { state, parent, nodes } = node;
  if (state.type !== undefined && state.type !== 'final') refuse(node, `the type ${state.type}`);
  const kind =
    parent === undefined
      ? 'root'
      : nodes.length > 0
        ? 'compound'
        : state.type === 'final'
          ? 'final'
          : 'leaf';
  if (kind === 'final' && parent?.parent !== undefined) refuse(node, 'a final state inside');
  refuseOthers(node, `a ${kind}`, state, known[kind]);
  const path = upwards(node);
  for (const name of ['invoke', 'after'] as const) {
    const owners = path.flatMap((each) => each.state[name] ?? []);
    if (owners.length > 1) refuse(node, `more than one \`${name}\` at once`);
  }
  if (Object.keys(state.after ?? {}).length > 1) refuse(node, 'more than one timer at once');
  if (state.invoke !== undefined) refuseOthers(node, '`invoke`', state.invoke, known.invoke);
  for (const type of Object.keys(state.on ?? {})) {
    if (type.includes('*')) refuse(node, `the wildcard \`${type}\``);
  }
}

function leafOf(atom: Node, root: Node): Leaf {
  const { state } = atom;
  const always = transitionsOf(atom, state.always);
  const on: Record<string, Branch[]> = {};
  for (const [type, written] of Object.entries(state.on ?? {})) {
    on[type] = branchesOf(atom, transitionsOf(atom, written), root);
  }
  for (const [delay, written] of Object.entries(state.after ?? {})) {
    on[timerOf(atom, delay)] = branchesOf(atom, transitionsOf(atom, written), root);
  }
  return {
    path: pathOf(atom),
    value: valueOf(atom),
    tags: [state.tags ?? []].flat(),
    isFinal: state.type === 'final',
    on,
    always: branchesOf(atom, always, root),
    goingOn: upwards(atom)
      .toReversed()
      .flatMap(entryOps)
      .filter(({ type }) => type === 'start' || type === 'set'),
  };
}

function pathOf(node: Node): string {
  return node.id.slice(node.id.indexOf('.') + 1);
}

function valueOf(node: Node): StateValue {
  let value: StateValue = node.name;
  for (const { name, parent } of upwards(node).slice(1)) {
    if (parent !== undefined) value = { [name]: value };
  }
  return value;
}

/** XState's own name for the event of a timer. */
function timerOf({ id }: Node, delay: string): string {
  return `xstate.after.${delay}.${id}`;
}

function transitionsOf(node: Node, written: Written | undefined): Transition[] {
  const transitions = [written ?? []]
    .flat()
    .map((each): Transition => (typeof each === 'string' ? { target: each } : each));
  for (const transition of transitions) {
    refuseOthers(node, 'a transition', transition, known.transition);
  }
  return transitions;
}

function branchesOf(atom: Node, transitions: readonly Transition[], root: Node): Branch[] {
  const first = transitions.findIndex(({ guard }) => guard === undefined);
  if (first >= 0 && first < transitions.length - 1) {
    refuse(atom, 'a branch behind one without a guard');
  }
  return transitions.map((transition) => branchOf(atom, transition, root));
}

function branchOf(atom: Node, transition: Transition, root: Node): Branch {
  const { target, reenter = false } = transition;
  if (target !== undefined && typeof target !== 'string') refuse(atom, 'more than one target');
  const guard =
    transition.guard === undefined
      ? {}
      : { guard: nameIn(guards, atom, 'guard', transition.guard) };
  const acts = actsOf(atom, transition.actions);
  if (target === undefined) {
    if (reenter) refuse(atom, '`reenter` without a target');
    return { ...guard, ops: acts };
  }
  const to = resolve(atom, target, root);
  if (to === atom && !reenter) refuse(atom, 'a target that is the state itself, without `reenter`');
  if (to !== atom && reenter) refuse(atom, '`reenter` of another state');
  const domain = upwards(to).find((node) => node !== to && isBelow(atom, node)) ?? root;
  const leaf = initialLeaf(to);
  const exits = upwards(atom).filter((node) => isBelow(node, domain));
  const entries = upwards(leaf).filter((node) => isBelow(node, domain));
  return {
    ...guard,
    target: pathOf(leaf),
    ops: [...exits.flatMap(exitOps), ...acts, ...entries.toReversed().flatMap(entryOps)],
  };
}

function initialOf(root: Node): Branch {
  const leaf = initialLeaf(root);
  const entries = upwards(leaf).filter((node) => node !== root);
  return { target: pathOf(leaf), ops: entries.toReversed().flatMap(entryOps) };
}

function initialLeaf(node: Node): Node {
  if (node.nodes.length === 0) return node;
  const initial = node.nodes.find(({ name }) => name === node.state.initial);
  return initial === undefined
    ? refuse(node, `the initial state ${node.state.initial}`)
    : initialLeaf(initial);
}

/** `#reconnect.waiting`, or a state beside the one that is left. */
function resolve(from: Node, target: string, root: Node): Node {
  const found = target.startsWith('#')
    ? [root, ...below(root)].find(({ id }) => `#${id}` === target)
    : from.parent?.nodes.find(({ name }) => name === target);
  return found ?? refuse(from, `the target ${target}`);
}

function entryOps(node: Node): Op[] {
  const { entry, invoke, after } = node.state;
  const timers = Object.keys(after ?? {}).map((delay): Op => ({
    type: 'set',
    delay: nameIn(delays, node, 'delay', delay),
    event: timerOf(node, delay),
  }));
  const starts = childrenOf(node, invoke).map((child): Op => ({ type: 'start', child }));
  return [...actsOf(node, entry), ...timers, ...starts];
}

function exitOps(node: Node): Op[] {
  const { after, invoke } = node.state;
  const timers = Object.keys(after ?? {}).map((delay): Op => ({
    type: 'clear',
    event: timerOf(node, delay),
  }));
  return [...timers, ...childrenOf(node, invoke).map((child): Op => ({ type: 'stop', child }))];
}

function childrenOf(node: Node, invoke: object | undefined) {
  if (invoke === undefined) return [];
  const { id, src } = invoke as { readonly id?: string; readonly src?: string };
  const child = children.find((name) => name === src);
  if (child === undefined || id !== child) return refuse(node, `the child ${id} of ${src}`);
  return [child];
}

function actsOf(node: Node, written: string | readonly string[] | undefined): Op[] {
  return [written ?? []].flat().map((name): Op => ({
    type: 'act',
    name: nameIn(actions, node, 'action', name),
  }));
}

function nameIn<T extends object>(table: T, node: Node, what: string, name: unknown) {
  if (typeof name !== 'string') return refuse(node, `a ${what} without a name`);
  if (!Object.hasOwn(table, name)) return refuse(node, `the ${what} ${name}`);
  return name as keyof T;
}

/** The code of a leaf that is left at once stands wherever the leaf is entered: there must be an end to it. */
function refuseEndlessAlways(leaves: readonly Leaf[]): void {
  const visit = (path: string, seen: readonly string[]): void => {
    if (seen.includes(path)) throw new Error(`${path}: an endless \`always\` is not known here`);
    const leaf = leaves.find((each) => each.path === path);
    for (const { target } of leaf?.always ?? []) {
      if (target !== undefined) visit(target, [...seen, path]);
    }
  };
  for (const { path } of leaves) visit(path, []);
}
