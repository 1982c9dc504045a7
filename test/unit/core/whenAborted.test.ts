import { describe, expect, it } from 'vitest';
import { LazySignal } from '../../../src/core/lazySignal.js';
import {
  type Abortable,
  isAborted,
  LazyContext,
  throwIfAborted,
  whenAborted,
} from '../../../src/core/whenAborted.js';

interface Made {
  readonly context: Abortable;
  abort(reason: unknown): void;
}

/** A context of the library's own, whose signal nobody may read. */
function ownContext(): Made {
  class Unread extends LazySignal {
    override get signal(): AbortSignal {
      throw new Error('a signal was made');
    }
  }
  const lazy = new Unread();
  return { context: new LazyContext(lazy), abort: (reason) => lazy.abort(reason) };
}

/** A context that somebody else made: it has a signal and no more. */
function foreignContext(): Made {
  const controller = new AbortController();
  return { context: { signal: controller.signal }, abort: (reason) => controller.abort(reason) };
}

/** What somebody made of the library's own context, with another signal. */
function inheritingContext(): Made {
  const { context, abort } = foreignContext();
  const own = new LazyContext(new LazySignal());
  return { context: Object.create(own, { signal: { value: context.signal } }), abort };
}

function proxiedContext(): Made {
  const { context, abort } = foreignContext();
  const own = new LazyContext(new LazySignal());
  const get = (target: LazyContext, key: keyof LazyContext) =>
    key === 'signal' ? context.signal : target[key];
  return { context: new Proxy(own, { get } as ProxyHandler<LazyContext>), abort };
}

describe.each([
  ['of the library', ownContext],
  ['with a signal alone', foreignContext],
  ['that inherits from one of the library, but has another signal', inheritingContext],
  ['that is a proxy of one of the library, with another signal', proxiedContext],
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

  it('is told apart from one that is not aborted, with its reason', () => {
    const { context, abort } = make();
    expect(isAborted(context)).toBe(false);
    throwIfAborted(context);
    const reason = new Error('over');
    abort(reason);
    expect(isAborted(context)).toBe(true);
    expect(() => throwIfAborted(context)).toThrow(reason);
  });
});
