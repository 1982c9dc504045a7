import { describe, expect, it } from 'vitest';
import { flatten } from '../../../scripts/chart/flatten.js';
import { source } from '../../../scripts/chart/source.js';
import { chart } from '../../../src/machine/chart.js';
import { statePaths } from '../../../src/machine/vocabulary.js';

/** A chart of two leaves and an end, with changes. */
function small(up: object, down: object = {}, root: object = {}): object {
  return {
    id: 'small',
    initial: 'up',
    states: { up, down, end: { type: 'final' } },
    ...root,
  };
}

describe('flatten refuses what it does not know, and says where', () => {
  it.each<[string, object, string]>([
    ['parallel states', small({ type: 'parallel' }), 'small.up: the type parallel'],
    ['a history state', small({ type: 'history' }), 'small.up: the type history'],
    ['a wildcard', small({ on: { '*': 'down' } }), 'small.up: the wildcard `*`'],
    ['a partial wildcard', small({ on: { 'run.*': 'down' } }), 'small.up: the wildcard `run.*`'],
    ['exit actions', small({ exit: 'recordStop' }), 'small.up: `exit` of a leaf'],
    ['onDone', small({ onDone: 'down' }), 'small.up: `onDone` of a leaf'],
    ['transitions of the root', small({}, {}, { on: { stop: '#small.end' } }), 'small: `on` of a'],
    [
      'transitions that leaves inherit',
      small({ initial: 'a', states: { a: {} }, on: { stop: 'down' } }),
      'small.up: `on` of a compound',
    ],
    [
      'an end inside',
      small({ initial: 'a', states: { a: { type: 'final' } } }),
      'small.up.a: a final state inside',
    ],
    ['an end that goes on', small({ type: 'final', on: { stop: 'down' } }), '`on` of a final'],
    [
      'two timers at once',
      small({ after: { turn: 'down', gracePeriod: 'down' } }),
      'small.up: more than one timer at once',
    ],
    [
      'two children at once',
      small({
        initial: 'a',
        invoke: { id: 'run', src: 'run' },
        states: { a: { invoke: { id: 'connect', src: 'connect' } } },
      }),
      'small.up.a: more than one `invoke` at once',
    ],
    ['a child of another name', small({ invoke: { id: 'a', src: 'run' } }), 'the child a of run'],
    ['an unknown child', small({ invoke: { id: 'a', src: 'a' } }), 'the child a of a'],
    [
      'what else a child may have',
      small({ invoke: { id: 'run', src: 'run', onDone: 'down' } }),
      'small.up: `onDone` of `invoke`',
    ],
    ['an unknown guard', small({ on: { stop: { guard: 'isOdd' } } }), 'the guard isOdd'],
    [
      'a guard without a name',
      small({ on: { stop: { guard: () => true } } }),
      'a guard without a name',
    ],
    ['an unknown action', small({ entry: 'shout' }), 'the action shout'],
    ['an action without a name', small({ entry: { type: 'recordStop' } }), 'without a name'],
    ['an unknown delay', small({ after: { 1000: 'down' } }), 'the delay 1000'],
    ['an unknown target', small({ on: { stop: 'away' } }), 'the target away'],
    ['a target inside', small({ on: { stop: '.a' } }), 'the target .a'],
    ['an unknown initial state', small({ initial: 'b', states: { a: {} } }), 'the initial state b'],
    [
      'several targets',
      small({ on: { stop: { target: ['down', 'end'] } } }),
      'more than one target',
    ],
    ['itself, not entered again', small({ on: { stop: 'up' } }), 'without `reenter`'],
    [
      'another, entered again',
      small({ on: { stop: { target: 'down', reenter: true } } }),
      '`reenter` of another state',
    ],
    [
      'nothing, entered again',
      small({ on: { stop: { reenter: true } } }),
      '`reenter` without a target',
    ],
    ['another key of a transition', small({ on: { stop: { in: '#a' } } }), '`in` of a transition'],
    [
      'a dead branch',
      small({ on: { stop: ['down', { guard: 'isBreak', target: 'end' }] } }),
      'a branch behind one without a guard',
    ],
    [
      'an endless `always`',
      small({ always: 'down' }, { always: 'up' }),
      'up: an endless `always` is not known here',
    ],
  ])('%s', (_what, chart_, message) => {
    expect(() => flatten(chart_)).toThrow(message);
  });
});

it('what is written refuses an update that the signal of `connect` would show too early', () => {
  const table = flatten(
    small({ on: { stop: { target: 'down', actions: ['recordStop', 'abandonConnect'] } } }),
  );
  expect(() => source(table)).toThrow('recordStop before abandonConnect is not known here');
});

describe('flatten', () => {
  it('finds every leaf of the vocabulary', () => {
    expect(flatten(chart).leaves.map(({ path }) => path)).toEqual(statePaths);
  });

  it('stops what a state has begun, does what the transition says, begins what the next one has', () => {
    const { leaves, initial } = flatten(
      small(
        {
          invoke: { id: 'connect', src: 'connect' },
          entry: 'announceStable',
          after: { gracePeriod: '#small.down' },
          on: { stop: { target: 'down', actions: ['recordStop', 'abortConnect'] } },
        },
        { initial: 'b', states: { a: {}, b: { entry: 'announceSuspended' } } },
      ),
    );
    const event = 'xstate.after.gracePeriod.small.up';
    expect(initial).toEqual({
      target: 'up',
      ops: [
        { type: 'act', name: 'announceStable' },
        { type: 'set', delay: 'gracePeriod', event },
        { type: 'start', child: 'connect' },
      ],
    });
    const exits = [
      { type: 'clear', event },
      { type: 'stop', child: 'connect' },
    ];
    const entries = [{ type: 'act', name: 'announceSuspended' }];
    expect(leaves[0]?.on).toEqual({
      stop: [
        {
          target: 'down.b',
          ops: [
            ...exits,
            { type: 'act', name: 'recordStop' },
            { type: 'act', name: 'abortConnect' },
            ...entries,
          ],
        },
      ],
      [event]: [{ target: 'down.b', ops: [...exits, ...entries] }],
    });
  });
});
