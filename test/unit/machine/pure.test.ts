import {
  Break,
  Continue,
  fatal,
  type ReconnectCommand,
  reconnectMachine,
  type ReconnectOptions,
  Redacted,
} from 'schmoozer';
import { describe, expect, it } from 'vitest';
import { createMachine, initialTransition, type SnapshotFrom, transition } from 'xstate';
import { type Branch, type Leaf } from '../../../scripts/chart/table.js';
import { flatten } from '../../../scripts/chart/flatten.js';
import { statePath } from '../../../src/core/statePath.js';
import { chart } from '../../../src/machine/chart.js';
import { guards } from '../../../src/machine/guards.js';
import { commands, reports } from '../../../src/machine/vocabulary.js';

type Snapshot = SnapshotFrom<typeof reconnectMachine>;

/** What time it is: a connect timeout may come late. */
let nowMs = 0;

/** What follows a failure, by the message of its error. */
const answers: Record<string, () => unknown> = {
  soon: () => 0,
  wait: () => 5,
  forever: () => Infinity,
  ask: () => Promise.resolve(5),
  enough: () => Break('enough'),
  odd: () => 'odd',
};

const errors = [
  ...Object.keys(answers).map((message) => new Error(message)),
  new TypeError('wait'),
  fatal(new Error('wait')),
];

/** All that a user can write: plain data, as XState makes it. */
const events: readonly { readonly type: string; readonly [field: string]: unknown }[] = [
  ...[...commands, ...reports].map((type) => ({ type })),
  { type: 'xstate.done.actor.connect', output: 'a connection' },
  { type: 'xstate.done.actor.connect', output: { end: { drained: Promise.resolve() } } },
  ...[undefined, Promise.resolve()].map((drained) => ({
    type: 'xstate.done.actor.connect',
    output: { end: { drained, failure: { error: fatal('gone') } } },
  })),
  { type: 'xstate.done.actor.run', output: Continue() },
  { type: 'xstate.done.actor.run', output: Break('done') },
  { type: 'xstate.done.actor.retryDelay', output: new Redacted({ type: 'delay', delayMs: 5 }) },
  ...errors.flatMap((error) =>
    ['connect', 'run'].map((child) => ({ type: `xstate.error.actor.${child}`, error })),
  ),
];

const { leaves } = flatten(chart);

function leafAt(snapshot: Snapshot): Leaf {
  return leaves.find(({ path }) => path === statePath(snapshot.value)) as Leaf;
}

function pick(branches: readonly Branch[], snapshot: Snapshot, event: object): number {
  const moment = { context: snapshot.context, event: event as { type: string } };
  return branches.findIndex(({ guard }) => guard === undefined || guards[guard](moment));
}

/** Two snapshots of one key lead to the same: what a state does not ask for is left out. */
function keyOf({ value, context }: Snapshot): string {
  const { startedAtMs, endedBy, requested, stableEpoch, decision, lease, delayMs } = context;
  const { drained, failure } = lease?.end ?? {};
  const facts = {
    connecting: startedAtMs,
    running: [endedBy, requested, drained && 1, failure && 1],
    waiting: [decision && Redacted.value(decision).type, delayMs === Infinity],
    stopped: undefined,
  };
  const [state] = statePath(value).split('.');
  return JSON.stringify([value, stableEpoch > 0, facts[state as keyof typeof facts]]);
}

/** Every branch that pure functions take, as `leaf event index`. */
function walk(options: ReconnectOptions): Set<string> {
  const taken = new Set<string>();
  const connector = {
    connect: async () => 'a connection',
    run: async () => Continue(),
    retryDelay: ({ error }: { readonly error: unknown }) =>
      answers[(error as Error | undefined)?.message ?? 'wait']?.() as never,
  };
  nowMs = 0;
  const input = { connector, now: () => nowMs, ...options };
  const [first] = initialTransition(reconnectMachine, input);
  const found = new Map([[keyOf(first), first]]);
  for (const snapshot of found.values()) {
    const leaf = leafAt(snapshot);
    const timers = Object.keys(leaf.on).filter((type) => type.startsWith('xstate.after.'));
    for (const event of [...events, ...timers.map((type) => ({ type }))]) {
      if (!(event.type in leaf.on)) continue;
      for (const isLate of event.type.includes('connectTimeout') ? [false, true] : [false]) {
        nowMs = isLate ? 100_000 : 0;
        // A new object each time: it stands for one thing that happens.
        const happens = { ...event };
        const [next] = transition(reconnectMachine, snapshot, happens as ReconnectCommand);
        const branches = leaf.on[event.type] ?? [];
        const index = pick(branches, snapshot, happens);
        if (index >= 0) taken.add(`${leaf.path} ${event.type} ${index}`);
        let target = branches[index]?.target ?? leaf.path;
        if (target === 'waiting.choosing') {
          const choosing = leaves.find(({ path }) => path === target) as Leaf;
          const choice = pick(choosing.always, next, happens);
          taken.add(`${target} always ${choice}`);
          target = choosing.always[choice]?.target as string;
        }
        expect(statePath(next.value)).toBe(target);
        if (!found.has(keyOf(next))) found.set(keyOf(next), next);
      }
    }
  }
  return taken;
}

describe('XState’s pure functions', () => {
  it('reach every edge of the chart by events that a user can write', () => {
    const taken = new Set([
      ...walk({}),
      ...walk({ stableAfterMs: 0 }),
      ...walk({ failFast: 'always', resumePoint: { attempt: 1, epoch: 1 } }),
    ]);
    const edges = leaves.flatMap(({ path, on, always }) => [
      ...Object.entries(on).flatMap(([type, branches]) =>
        branches.map((_, index) => `${path} ${type} ${index}`),
      ),
      ...always.map((_, index) => `${path} always ${index}`),
    ]);
    // The first choice of all is made before there is any event.
    expect(edges.filter((edge) => !taken.has(edge))).toEqual(['waiting.choosing always 0']);
  });

  it.each([
    ['fatal', fatal(new Error('401')), 'stopped', 'Error: 401'],
    ['a mistake', new TypeError('bug'), 'stopped', 'TypeError: bug'],
    ['anything else', new Error('refused'), 'waiting.delaying', 'Error: refused'],
  ])('sort a plain error as the loop does: %s', (_, error, state, text) => {
    const connector = { connect: async () => 1, run: async () => Continue() };
    const [first] = initialTransition(reconnectMachine, { connector });
    const started = { type: 'connect.started' } as never;
    const [attempting] = transition(reconnectMachine, first, started);
    const failed = { type: 'xstate.error.actor.connect', error } as never;
    const [next] = transition(reconnectMachine, attempting, failed);
    expect(statePath(next.value)).toBe(state);
    const { name, message } = next.context.lastError ?? {};
    expect(`${name}: ${message}`).toBe(text);
  });
});

describe('the JSON of the chart', () => {
  const json = JSON.stringify(reconnectMachine.config);
  const definition = JSON.stringify(reconnectMachine.definition);

  it('goes through createMachine, and nothing of it is lost', () => {
    const machine = createMachine(JSON.parse(json));
    expect(JSON.stringify(machine.definition)).toBe(definition);
    expect(JSON.parse(json).states).toEqual(JSON.parse(JSON.stringify(chart.states)));
  });

  it('has nothing but what the Stately editor imports as code: names, and the keys of a configuration', () => {
    const keys = new Set<string>();
    const walkOver = (state: Record<string, object>) => {
      const { states = {}, on = {}, after = {}, always = [], ...rest } = state;
      for (const key of Object.keys(rest)) keys.add(key);
      const transitions = [...Object.values(on), ...Object.values(after), always].flat();
      for (const edge of transitions.filter((each) => typeof each === 'object')) {
        for (const key of Object.keys(edge)) keys.add(key);
        const { actions = [] } = edge as { actions?: unknown };
        expect([actions].flat().every((name) => typeof name === 'string')).toBe(true);
      }
      Object.values(states).forEach(walkOver as (state: object) => void);
    };
    walkOver(JSON.parse(json));
    expect([...keys].toSorted().join(' ')).toBe(
      'actions description entry guard id initial invoke reenter tags target type',
    );
    const invoked = [...json.matchAll(/"invoke":(\{[^}]*\})/g)].map(([, text]) => text);
    expect(invoked).toEqual(
      ['connect', 'run', 'retryDelay'].map((id) => JSON.stringify({ id, src: id })),
    );
  });
});
