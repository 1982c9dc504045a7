import { describe, expect, it } from 'vitest';
import { LazySignal } from '../../../src/core/lazySignal.js';
import { type Abortable, lazySignal, whenAborted } from '../../../src/core/whenAborted.js';

/** A context of the library's own, which counts how often its signal is read. */
function ownContext() {
  const lazy = new LazySignal();
  const context = {
    reads: 0,
    get signal() {
      context.reads += 1;
      return lazy.signal;
    },
    [lazySignal]: lazy,
  };
  return { context, abort: (reason: unknown) => lazy.abort(reason), reads: () => context.reads };
}

/** A context that somebody else made: it has a signal and no more. */
function foreignContext() {
  const controller = new AbortController();
  const context: Abortable = { signal: controller.signal };
  return { context, abort: (reason: unknown) => controller.abort(reason) };
}

describe.each([
  ['of the library', ownContext],
  ['with a signal alone', foreignContext],
])('whenAborted on a context %s', (_, make) => {
  it('calls each listener once with the reason, in the order of their coming', () => {
    const { context, abort } = make();
    const heard: unknown[] = [];
    for (const name of ['a', 'b', 'c'])
      whenAborted(context, (reason) => heard.push([name, reason]));
    abort('first');
    abort('second');
    expect(heard).toEqual([
      ['a', 'first'],
      ['b', 'first'],
      ['c', 'first'],
    ]);
  });

  it('calls the listener at once when it comes too late', () => {
    const { context, abort } = make();
    abort('over');
    const heard: unknown[] = [];
    const forget = whenAborted(context, (reason) => heard.push(reason));
    expect(heard).toEqual(['over']);
    expect(forget).not.toThrow();
  });

  it.each([1, 2, 3])('forgets one of %i listeners, and only that', (count) => {
    const { context, abort } = make();
    const heard: number[] = [];
    const forgets = Array.from({ length: count }, (_value, i) =>
      whenAborted(context, () => heard.push(i)),
    );
    forgets[0]?.();
    forgets[0]?.();
    abort('now');
    expect(heard).toEqual([1, 2].slice(0, count - 1));
  });
});

it('whenAborted makes no signal where the context is the library’s own', () => {
  const { context, abort, reads } = ownContext();
  whenAborted(context, () => {});
  abort('now');
  expect(reads()).toBe(0);
});
