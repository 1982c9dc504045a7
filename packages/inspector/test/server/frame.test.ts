import { describe, expect, it } from 'vitest';
import { parseFrame } from '../../src/server/frame.js';
import { frames } from '../support/peers.js';

const NOW = 42;
const parse = (frame: unknown) =>
  parseFrame(typeof frame === 'string' ? frame : JSON.stringify(frame), NOW);

describe('parseFrame', () => {
  it('reads an actor with its definition, parent and root', () => {
    const definition = '{"id":"m"}';
    const text = frames.actor('x:1', { parentId: 'x:0', rootId: 'x:0', name: 'child', definition });
    expect(parse(text)).toEqual({
      kind: 'actor',
      hasStarted: false,
      sessionId: 'x:1',
      parentId: 'x:0',
      rootId: 'x:0',
      name: 'child',
      definition,
      at: 1_700_000_000_000,
      snapshot: { status: 'active', value: 'idle', context: {} },
    });
  });

  it('reads an event with its sender, a snapshot, and a microstep with its transitions', () => {
    expect(parse(frames.event('x:0', 'go', { sourceId: 'x:1' }))).toMatchObject({
      kind: 'event',
      sourceId: 'x:1',
      event: { type: 'go' },
      at: NOW,
    });
    const after = [{ eventType: 'xstate.after.wait.m.a', delayMs: 5, startedAt: 7 }];
    const children = { link: {} };
    const snapshot = { value: 'a', children };
    expect(parse(frames.snapshot('x:0', 'a', { _after: after, snapshot }))).toMatchObject({
      kind: 'snapshot',
      snapshot: { value: 'a' },
      after,
      children: ['link'],
    });
    expect(parse(frames.actor('x:0', { _after: after }))).toMatchObject({ kind: 'actor', after });
    const transitions = [{ eventType: 'go', source: 'm.a', target: ['m.b'], guard: 'isReady' }];
    expect(
      parse({ type: '@xstate.microstep', sessionId: 'x:0', _transitions: transitions, snapshot }),
    ).toMatchObject({ kind: 'microstep', transitions, snapshot: { value: 'a' } });
  });

  it('reads how many events an app could not send', () => {
    expect(parse({ type: '@schmoozer.missed', count: 3 })).toEqual({ kind: 'missed', count: 3 });
    for (const count of [undefined, 0, -1, 0.5, '3']) {
      expect(parse({ type: '@schmoozer.missed', count })).toBeUndefined();
    }
  });

  it('keeps of a snapshot what is shown, and nothing else', () => {
    const snapshot = { status: 'done', output: 1, tags: ['a', 2], children: {}, historyValue: {} };
    expect(parse(frames.snapshot('x:0', undefined, { snapshot }))).toMatchObject({
      snapshot: { status: 'done', output: 1, tags: ['a'] },
    });
    const frame = parse(frames.snapshot('x:0', undefined, { snapshot }));
    expect(frame?.kind === 'snapshot' && Object.keys(frame.snapshot)).toEqual([
      'status',
      'tags',
      'output',
    ]);
  });

  it.each([
    ['no JSON', '{'],
    ['an empty text', ''],
    ['a number', '1'],
    ['null', 'null'],
    ['a list', '[]'],
    ['another type', { type: '@xstate.action', sessionId: 'x:0' }],
    ['no session', { type: '@xstate.event' }],
    ['a session that is no text', { type: '@xstate.event', sessionId: 3 }],
    ['a session of 501 letters', { type: '@xstate.event', sessionId: 'x'.repeat(501) }],
  ])('refuses %s', (_what, frame) => {
    expect(parse(frame)).toBeUndefined();
  });

  it.each([
    ['event', null],
    ['event', []],
    ['event', { type: 1 }],
    ['snapshot', null],
    ['snapshot', []],
    ['snapshot', 'idle'],
    ['createdAt', {}],
    ['createdAt', 'soon'],
    ['rootId', 1],
    ['_after', 1],
    ['_after', [null, {}, { eventType: 1, delayMs: 'x' }]],
    ['_transitions', 1],
    ['_transitions', [null, {}, { source: 1 }]],
  ])('takes a frame whose `%s` is %j, without it', (field, value) => {
    for (const type of ['actor', 'event', 'snapshot', 'microstep']) {
      const frame = parse({ type: `@xstate.${type}`, sessionId: 'x:0', [field]: value });
      expect(frame).toMatchObject({ kind: type, at: NOW });
    }
  });
});
