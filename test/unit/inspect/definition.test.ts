import { describe, expect, it } from 'vitest';
import { and, createMachine, setup } from 'xstate';
import { definitionOf } from '../../../src/inspect/definition.js';

const read = (machine: { config: object }) =>
  JSON.parse(definitionOf(machine, machine.config, 'unreadable')) as object;

describe('a definition', () => {
  it('keeps every name of the chart and replaces every literal by its type', () => {
    const machine = setup({
      types: { tags: {} as 'busy' },
      guards: { isReady: () => true, isNear: (_args, _params: object) => true },
      actions: { note: () => {} },
      delays: { patience: 10 },
    }).createMachine({
      id: 'all',
      context: { secret: 1 },
      initial: 'one',
      tags: ['busy'],
      states: {
        one: {
          type: 'parallel',
          tags: 'busy',
          entry: 'note',
          exit: [{ type: 'note' }, () => {}, function named() {}],
          states: { a: {}, b: { initial: 'x', states: { x: { type: 'final' } } } },
          onDone: 'two',
          always: { guard: and(['isReady', 'isReady']), target: 'two' },
          after: { 1000: 'two', patience: { target: ['two'], reenter: true } },
          on: {
            go: [
              { guard: 'isReady', target: 'two', description: 'goes' },
              { guard: { type: 'isNear', params: { secret: 1 } }, target: '.a' },
              { guard: () => true, actions: 'note' },
            ],
            stay: {},
            never: undefined,
          },
        },
        two: { type: 'history', history: 'deep', target: 'one' },
      },
    });
    expect(read(machine)).toEqual({
      id: 'all',
      context: '[object]',
      initial: 'one',
      tags: ['busy'],
      states: {
        one: {
          type: 'parallel',
          tags: 'busy',
          entry: 'note',
          exit: [{ type: 'note' }, { type: '' }, { type: 'named' }],
          states: { a: {}, b: { initial: 'x', states: { x: { type: 'final' } } } },
          onDone: 'two',
          always: { guard: { type: 'and' }, target: 'two' },
          after: { 1000: 'two', patience: { target: ['two'], reenter: true } },
          on: {
            go: [
              { guard: 'isReady', target: 'two', description: 'goes' },
              { guard: { type: 'isNear' }, target: '.a' },
              { guard: { type: 'guard' }, actions: 'note' },
            ],
            stay: {},
          },
        },
        two: { type: 'history', history: 'deep', target: 'one' },
      },
    });
  });

  it('names inline actors by their type, and an initial transition with its actions', () => {
    const child = setup({}).createMachine({ id: 'child', context: { secret: 1 } });
    const machine = createMachine({
      initial: { target: 'one', actions: 'note' },
      states: {
        one: {
          invoke: { src: child, id: 'inline', systemId: 'kept', onSnapshot: { actions: 'note' } },
        },
      },
    });
    expect(read(machine)).toEqual({
      initial: { target: 'one', actions: 'note' },
      states: {
        one: {
          invoke: {
            id: 'inline',
            systemId: 'kept',
            src: '[object]',
            onSnapshot: { actions: 'note' },
          },
        },
      },
    });
  });

  it('that cannot be read is replaced, and each is read once', () => {
    let reads = 0;
    const logic = {
      config: {
        get states() {
          reads += 1;
          throw new Error('no');
        },
      },
    };
    expect(definitionOf(logic, logic.config, '{"id":"x"}')).toBe('{"id":"x"}');
    expect(definitionOf(logic, logic.config, '{"id":"y"}')).toBe('{"id":"x"}');
    expect(reads).toBe(1);
  });
});
