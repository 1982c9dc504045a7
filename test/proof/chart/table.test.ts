import { reconnectMachine } from 'schmoozer';
import { expect, it, vi } from 'vitest';
import { fromCallback, initialTransition, transition } from 'xstate';
import {
  createContext,
  type MachineEvent,
  type ReconnectInput,
} from '../../../src/machine/context.js';
import type { Leaf, StepScope } from '../../../src/compiled/leaf.js';
import { actions as realActions } from '../../../src/machine/actions.js';
import { delays as realDelays } from '../../../src/machine/delays.js';
import { guards as realGuards } from '../../../src/machine/guards.js';
import { type ChildId, children } from '../../../src/machine/vocabulary.js';

// Nobody looks at how it ends.
vi.mock('../../../src/machine/output.js', () => ({
  finalOutput: () => ({}),
  withFacts: () => ({}),
}));

/** What a guard answers: one that was not thought of before is false, and is remembered. */
class World {
  readonly answers: Map<string, boolean>;

  constructor(answers: Iterable<readonly [string, boolean]> = []) {
    this.answers = new Map(answers);
  }

  readonly ask = (guard: string): boolean => {
    const answer = this.answers.get(guard) ?? false;
    this.answers.set(guard, answer);
    return answer;
  };

  /** Those that differ from this one in one answer, and share what was asked before it. */
  *neighbours(known: number): Iterable<World> {
    const asked = [...this.answers];
    for (const [i, [guard, answer]] of asked.entries()) {
      if (i >= known && !answer) yield new World([...asked.slice(0, i), [guard, true]]);
    }
  }
}

let world = new World();

/** Every name answers with itself: what the steps make of names is all that is looked at. */
const { begin, leaves } = await withStubs();

async function withStubs() {
  const words = (names: object, make: (name: string) => unknown) =>
    Object.fromEntries(Object.keys(names).map((name) => [name, make(name)]));
  const file = (name: string) =>
    new URL(`../../../src/machine/${name}.ts`, import.meta.url).pathname;
  vi.doMock(file('guards'), () => ({ guards: words(realGuards, (name) => () => world.ask(name)) }));
  vi.doMock(file('delays'), () => ({ delays: words(realDelays, () => () => 1) }));
  vi.doMock(file('actions'), () => ({
    actions: words(realActions, (name) => ({ update: () => name, announcement: () => name })),
    abortReason: (child: string) => `abort ${child}`,
    inputs: words(Object.fromEntries(children.map((id) => [id, id])), (id) => () => id),
  }));
  vi.resetModules();
  return import('../../../src/compiled/steps.generated.js');
}

type Words = readonly string[];

/** Writes down what steps ask for: what they decide, and what they do. */
class Recorder implements StepScope {
  readonly decided: string[] = [];
  readonly done: string[] = [];
  leaf: Leaf;
  #hasEntered = false;

  constructor(leaf: Leaf) {
    this.leaf = leaf;
  }

  #decide(word: string): void {
    // Whatever is decided after the entry would be too late for the snapshot.
    this.decided.push(this.#hasEntered ? `too late: ${word}` : word);
  }

  assign(update: (moment: never) => unknown): void {
    this.#decide(String(update(undefined as never)));
  }
  prepare(announcement: (moment: never) => unknown): never {
    const word = String(announcement(undefined as never));
    this.#decide(word);
    return word as never;
  }
  abandon(reason: unknown): void {
    this.#decide(
      String(reason).replace(/^abort ./, (text) => `abandon${text.at(-1)?.toUpperCase()}`),
    );
  }
  enter(leaf: Leaf): void {
    this.#hasEntered = true;
    this.leaf = leaf;
  }
  tell(event: unknown): void {
    this.done.push(String(event));
  }
  startChild(child: { readonly done: string }, input: unknown): void {
    const id = child.done.replace('xstate.done.actor.', '');
    this.done.push(`start ${id} with ${String(input)}`);
  }
  abort(reason: unknown): void {
    this.done.push(String(reason));
  }
  ask(): void {
    this.done.push('ask');
  }
  stopChild(): void {
    this.done.push('stop');
  }
  setTimer(event: MachineEvent, ms: number): void {
    this.done.push(`set ${event.type} ${ms}`);
  }
  clearTimer(): void {
    this.done.push('clear');
  }
}

interface Outcome {
  readonly value: unknown;
  /** Whether the event would do something. */
  readonly can: boolean;
  readonly decided: Words;
  readonly done: Words;
}

function byTheSteps(leaf: Leaf, type: string): Outcome {
  const recorder = new Recorder(leaf);
  const moment = { context, event: { type } };
  leaf.steps.get(type)?.(recorder, moment);
  const can = leaf.steps.has(type) && (leaf.conditions.get(type)?.(moment) ?? true);
  return { value: recorder.leaf.value, can, decided: recorder.decided, done: recorder.done };
}

const machine = reconnectMachine.provide({
  guards: stubs(realGuards, (name) => () => world.ask(name)),
  actions: stubs(realActions, () => () => {}),
  actors: stubs(Object.fromEntries(children.map((id) => [id, id])), () => fromCallback(() => {})),
  delays: stubs(realDelays, () => () => 1),
} as never);

function stubs(names: object, make: (name: string) => unknown): object {
  return Object.fromEntries(Object.keys(names).map((name) => [name, make(name)]));
}

interface Executable {
  readonly type: string;
  readonly params?: {
    readonly id?: string;
    readonly delay?: number;
    readonly event?: { readonly type: string };
  };
}

/** The actions that XState would execute, in order: each kind is decided, done, or both. */
function split(executables: readonly Executable[]): Pick<Outcome, 'decided' | 'done'> {
  const decided: string[] = [];
  const done: string[] = [];
  for (const { type, params } of executables) {
    if (type === 'xstate.cancel') done.push('clear');
    else if (type === 'xstate.raise') done.push(`set ${params?.event?.type} ${params?.delay}`);
    else if (type === 'xstate.spawnChild') done.push(`start ${params?.id} with ${params?.id}`);
    else if (type === 'xstate.stopChild') done.push('stop');
    else {
      const action = realActions[type as keyof typeof realActions];
      if (action.type === 'assign') decided.push(type);
      else if (action.type === 'emit') {
        decided.push(type);
        done.push(type);
      } else if (action.type === 'abandon')
        decided.push(`abandon${type.at(7)}${action.child.slice(1)}`);
      else done.push(action.type === 'ask' ? 'ask' : `abort ${action.child}`);
    }
  }
  return { decided, done };
}

const input: ReconnectInput = { connector: { connect() {}, run() {} } as never };
const context = createContext(input);

/** The child that works while the machine is there. */
function childOf({ path }: Leaf): ChildId | undefined {
  if (path.startsWith('connecting.')) return 'connect';
  if (path.startsWith('running.')) return 'run';
  return path === 'waiting.deciding' ? 'retryDelay' : undefined;
}

function byXState(leaf: Leaf, type: string): Outcome {
  const snapshot = machine.resolveState({ value: leaf.value, context });
  const id = childOf(leaf);
  const child = { id, _processingStatus: 1, getSnapshot: () => ({}), send() {} };
  if (id !== undefined) Object.assign(snapshot, { children: { [id]: child } });
  const event = { type, output: {}, error: {} };
  const [next, executables] = transition(machine, snapshot, event as never);
  const can = snapshot.can(event as never);
  return { value: next.value, can, ...split(executables as never) };
}

it('the steps do what XState does: every leaf, every event, every outcome of the guards that are asked', () => {
  const types = new Set(leaves.flatMap(({ steps }) => [...steps.keys()]));
  let cases = 0;
  const compare = (leaf: Leaf, type: string, at: World, known: number): void => {
    world = at;
    const wanted = byXState(leaf, type);
    const text = `${leaf.path} ${type} ${JSON.stringify([...at.answers])}`;
    expect(byTheSteps(leaf, type), text).toEqual(wanted);
    cases += 1;
    for (const next of at.neighbours(known)) compare(leaf, type, next, next.answers.size);
  };
  for (const leaf of leaves) {
    // Nothing comes to the end, nor to a place that is left at once.
    if (leaf.isFinal || leaf.path === 'waiting.choosing') continue;
    for (const type of types) {
      // An error that nobody expects ends the actor: that is not the steps' doing.
      if (type.startsWith('xstate.error') && !leaf.steps.has(type)) continue;
      compare(leaf, type, new World(), 0);
    }
  }
  expect(cases).toBeGreaterThan(500);
});

it('and begin as XState does', () => {
  const compare = (at: World, known: number): void => {
    world = at;
    const [snapshot, executables] = initialTransition(machine, input);
    const { decided, done } = split(executables as never);
    const recorder = new Recorder(leaves[0] as Leaf);
    const act = begin(recorder, { context: {} as never, event: { type: 'xstate.init' } });
    act();
    // XState's machine starts the children that it has before it does anything else.
    const isStart = (word: string) => word.startsWith('start ');
    expect({
      value: recorder.leaf.value,
      decided: recorder.decided,
      done: recorder.done,
    }).toEqual({
      value: snapshot.value,
      decided: decided.filter((word) => !word.startsWith('announce')),
      done: [...done.filter(isStart), ...done.filter((word) => !isStart(word))],
    });
    for (const next of at.neighbours(known)) compare(next, next.answers.size);
  };
  compare(new World(), 0);
});
