import { beforeEach, describe, expect, it, vi } from 'vitest';
import {
  add,
  drop,
  exchange,
  forget,
  retarget,
  silence,
  silenceEntry,
  unguard,
} from './chartEdits.js';
import { muting, replace } from './moduleEdits.js';
import { mutants } from './mutants.js';

// Edits change tables and prototypes in place: each test has modules of its own.
beforeEach(() => {
  vi.resetModules();
});

it.each(mutants)('"$name" finds in $file what it edits', async ({ file, edit }) => {
  const path = `../../../src/${file.replace(/ts$/, 'js')}`;
  const module = { ...((await import(path)) as object) };
  const before = { text: JSON.stringify(module), functions: functionsIn(module) };
  edit(module);
  const after = functionsIn(module);
  const isTextSame = JSON.stringify(module) === before.text;
  const areFunctionsSame = after.every((value, i) => value === before.functions[i]);
  expect(isTextSame && areFunctionsSame, 'nothing has changed').toBe(false);
});

/** The functions of a module: its own, its tables', its classes'. */
function functionsIn(module: object): unknown[] {
  return Object.values(module).flatMap((value: unknown) => [
    value,
    ...(typeof value === 'object' && value !== null ? Object.values(value) : []),
    ...(typeof value === 'function' ? membersOf(value.prototype as object | undefined) : []),
  ]);
}

function membersOf(prototype: object | undefined): unknown[] {
  const members = Object.getOwnPropertyDescriptors(prototype ?? {});
  return Object.values(members).map((member) => (member.get ?? member.value) as unknown);
}

it('there are the mutants that there were, each with a name of its own', () => {
  expect(mutants.length).toBeGreaterThanOrEqual(140);
  expect(new Set(mutants.map(({ name }) => name)).size).toBe(mutants.length);
});

describe('an edit that finds nothing throws', () => {
  const chart = {
    states: {
      waiting: {
        entry: 'announceEnded',
        on: { stop: { target: '#reconnect.stopped', actions: ['recordStop'] } },
      },
    },
  };

  it.each([
    ['no state', drop('running', 'on.stop'), 'the chart has no state running'],
    ['no such leaf', drop('waiting.delaying', 'on.stop'), 'no state waiting.delaying'],
    [
      'no kind of trigger',
      drop('waiting', 'after.gracePeriod'),
      'waiting has no after.gracePeriod',
    ],
    ['no trigger', drop('waiting', 'on.reconnect'), 'waiting has no on.reconnect'],
    ['no branch', drop('waiting', 'on.stop', 'isFatal'), 'on.stop has no branch isFatal'],
    ['no guard', unguard('waiting', 'on.stop', 'isFatal'), 'on.stop has no branch isFatal'],
    ['no transition', exchange('waiting', 'always', 'otherwise', {}), 'waiting has no always'],
    [
      'the same target',
      retarget('waiting', 'on.stop', 'otherwise', '#reconnect.stopped'),
      'leads there already',
    ],
    ['no action', silence('waiting', 'on.stop', 'otherwise', 'abortRun'), 'does no abortRun'],
    ['no entry', silenceEntry('waiting', 'resetAttempt'), 'does no resetAttempt at its entry'],
    ['no trigger to forget', forget('waiting', 'on.reconnect'), 'waiting has no on.reconnect'],
    ['a trigger that is there', add('waiting', 'on.stop', {}), 'cannot have another on.stop'],
  ])('%s', (_what, edit, message) => {
    const before = structuredClone(chart);
    expect(() => edit(chart)).toThrow(message);
    expect(chart).toEqual(before);
  });

  it('no function, no method', () => {
    const owner: { name?: () => void } = {};
    expect(() => replace(owner, 'name', () => () => {})).toThrow('there is no function name');
    expect(() => muting(owner, 'name', () => {})).toThrow('there is no name');
  });
});
