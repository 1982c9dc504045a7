import { describe, expect, it } from 'vitest';
import { createMachine } from 'xstate';
import { v4EventName } from '../src/names.js';
import { pick } from '../src/pick.js';
import { v4Chart } from '../src/v4Config.js';

describe('a chart for XState 4', () => {
  const { config, delays } = v4Chart(
    {
      id: 'app',
      description: 'an app',
      context: { secret: 1 },
      tags: 'top',
      initial: { target: 'one', actions: 'note' },
      states: {
        one: {
          id: 'other',
          tags: ['busy', 'early'],
          entry: ['note', { type: 'tell', params: { secret: 1 } }, () => {}, {}],
          exit: function named() {},
          after: { 1000: 'two', 'long.wait': { target: 'two', guard: () => true } },
          on: {
            'xstate.done.actor.child': 'two',
            'xstate.error.actor.child': { target: ['two'], actions: 'note' },
            'xstate.done.state.app.one': '.deep',
            go: [
              {
                target: 'two',
                guard: { type: 'isReady', params: { secret: 1 } },
                description: 'goes',
              },
              {},
            ],
            '*': { guard: 'isOdd' },
          },
          invoke: [
            { src: 'work', onDone: 'two', onError: { target: 'two' } },
            { id: 'named', src: {} },
          ],
          initial: 'deep',
          always: { target: 'two', guard: 'isNever' },
          states: { deep: { after: { 5: 'deep' } } },
        },
        two: { type: 'history', history: 'deep', target: 'one' },
        three: { type: 'final' },
      },
    },
    'fallback',
  );

  it('has the names, and nothing that runs or holds data', () => {
    expect(config).toEqual({
      id: 'app',
      description: 'an app',
      tags: ['top'],
      initial: 'one',
      invoke: [],
      states: {
        one: {
          id: 'other',
          tags: ['busy', 'early'],
          entry: ['note', 'tell', 'inline', 'inline'],
          exit: ['named'],
          after: {
            1000: [{ target: 'two' }],
            'long.wait': [{ target: ['two'], cond: 'guard' }],
          },
          on: {
            'done.invoke.child': [{ target: 'two' }],
            'error.platform.child': [{ target: ['two'], actions: ['note'] }],
            'done.state.app.one': [{ target: '.deep' }],
            go: [{ target: ['two'], cond: 'isReady', description: 'goes' }, {}],
            '*': [{ cond: 'isOdd' }],
          },
          invoke: [
            {
              id: 'other',
              src: 'work',
              onDone: [{ target: 'two' }],
              onError: [{ target: ['two'] }],
            },
            { id: 'named', src: 'inline' },
          ],
          initial: 'deep',
          always: [{ target: ['two'], cond: 'isNever' }],
          states: { deep: { id: 'other.deep', invoke: [], after: { 5: [{ target: 'deep' }] } } },
        },
        two: { id: 'app.two', type: 'history', history: 'deep', target: 'one', invoke: [] },
        three: { id: 'app.three', type: 'final', invoke: [] },
      },
    });
  });

  it('is one that XState 4 takes', () => {
    const machine = createMachine({ ...config, predictableActionArguments: true } as never);
    expect(machine.definition.states['one' as never]).toBeDefined();
    expect(v4Chart({}, 'fallback').config).toEqual({ id: 'fallback', invoke: [] });
  });

  it('knows its delays by the names of both', () => {
    expect(Object.fromEntries(delays)).toEqual({
      'xstate.after.1000.other': 'xstate.after(1000)#other',
      'xstate.after.long.wait.other': 'xstate.after(long.wait)#other',
      'xstate.after.5.other.deep': 'xstate.after(5)#other.deep',
    });
    expect(v4EventName('xstate.after.long.wait.other', delays)).toBe(
      'xstate.after(long.wait)#other',
    );
    expect(v4EventName('xstate.init', delays)).toBe('xstate.init');
  });
});

describe('what is picked', () => {
  it('is plain and named; no getter is called', () => {
    const value = {
      text: 'a',
      number: 1,
      wait: Infinity,
      no: null,
      yes: true,
      object: {},
      other: 1,
      get getter() {
        throw new Error('called');
      },
    };
    const names = ['text', 'number', 'wait', 'no', 'yes', 'object', 'getter', 'missing'];
    expect(pick(value, names)).toEqual({
      text: 'a',
      number: 1,
      wait: 'Infinity',
      no: null,
      yes: true,
    });
  });
});
