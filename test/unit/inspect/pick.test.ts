import { describe, expect, it } from 'vitest';
import { eventOf } from '../../../src/inspect/eventOf.js';
import { resolveSettings } from '../../../src/inspect/options.js';
import { pick, pickError, typeName } from '../../../src/inspect/pick.js';
import { snapshotOf } from '../../../src/inspect/snapshotOf.js';

class NoSocket extends EventTarget {
  bufferedAmount = 0;
  send() {}
  close() {}
}

const { allow } = resolveSettings({ WebSocket: NoSocket });

describe('what is picked', () => {
  it('of what an error says is fit to be shown, of a context as it is', () => {
    const text = 'no wss://me:hunter2@h/?hunter2 \u001B[2J';
    const picked = { name: 'Error', message: 'no wss://h/ \\u{1B}[2J' };
    expect(pickError(new Error(text), allow)).toEqual(picked);
    expect(pick({ error: new Error(text) }, [], allow)).toEqual({ error: picked });
    expect(pick({ attempt: text }, ['attempt'], allow)).toEqual({ attempt: text });
  });

  it('of a value of each type is its type', () => {
    const values = [null, undefined, 'a', 1, 1n, true, [], {}, () => {}, Symbol('s')];
    expect(values.map((value) => typeName(value))).toEqual([
      '[null]',
      '[undefined]',
      '[string]',
      '[number]',
      '[bigint]',
      '[boolean]',
      '[array]',
      '[object]',
      '[function]',
      '[symbol]',
    ]);
  });

  it('of an object are named plain fields, and the types of at most 50 others', () => {
    const many = Object.fromEntries(Array.from({ length: 80 }, (_, i) => [`field${i}`, i]));
    const picked = pick({ ...many, attempt: 7, epoch: 'x', delayMs: {} }, allow.context, allow);
    expect(Object.keys(picked)).toHaveLength(53);
    expect(picked).toMatchObject({
      field0: '[number]',
      attempt: 7,
      epoch: 'x',
      delayMs: '[object]',
    });
  });

  it('of a key are 40 characters of a name at most; what is longer or no name is left out', () => {
    const longest = 'k'.repeat(40);
    const picked = pick({ [longest]: 1, [`${longest}k`]: 1, 'a-b': 1, '': 1, '1': 1 }, [], allow);
    expect(Object.keys(picked)).toEqual([longest]);
  });

  it('of an error are named fields, inherited ones too, but of no other object', () => {
    class Odd extends Error {
      override get name() {
        return 'never called';
      }
    }
    expect(pickError(new RangeError('far'), allow)).toEqual({ name: 'RangeError', message: 'far' });
    expect(pickError(new Odd('odd'), allow)).toEqual({ name: '[getter]', message: 'odd' });
    expect(pick(Object.create({ attempt: 1 }), allow.context, allow)).toEqual({});
    expect(pickError('text', allow)).toBe('[string]');
  });

  it('of an error in a field goes no deeper, even in a circle', () => {
    const error = new Error('round') as Error & { cause: unknown };
    error.cause = error;
    const open = { ...allow, error: ['cause', 'message', 'missing'] };
    expect(pick({ lastError: error }, [], open)).toEqual({
      lastError: { cause: '[object]', message: 'round' },
    });
    expect(pick({ lastError: error }, ['lastError'], open)).toEqual({
      lastError: { cause: '[object]', message: 'round' },
    });
  });
});

describe('an event or a snapshot that is none', () => {
  it('is shown as far as it goes', () => {
    expect(eventOf({ type: 7 as never }, allow)).toEqual({ type: '' });
    expect(snapshotOf({ status: 'odd' }, allow)).toEqual({ status: 'active' });
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    expect(snapshotOf(proxy, allow)).toEqual({ status: 'active' });
    expect(eventOf(proxy, allow)).toEqual({ type: '' });
    // What can be read of it is.
    const carriers = { input: proxy, output: proxy, error: proxy };
    const unreadable = { input: '[unreadable]', output: '[unreadable]', error: '[unreadable]' };
    expect(eventOf({ type: 'told', ...carriers }, allow)).toEqual({ type: 'told', ...unreadable });
    expect(snapshotOf({ status: 'done', context: proxy, ...carriers }, allow)).toEqual({
      status: 'done',
      context: '[unreadable]',
      ...unreadable,
    });
  });
});
