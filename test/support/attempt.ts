import type { ConnectContext } from 'schmoozer';
import { onTestFinished } from 'vitest';
import { type AbortListener, LazySignal } from '../../src/core/lazySignal.js';
import { LazyContext } from '../../src/core/whenAborted.js';
import { listenersOn } from './loopback.js';

interface OwnedAttempt {
  readonly attempt: ConnectContext;
  abort(reason: unknown): void;
  /** How many listen for the abort. */
  listeners(): number;
}

/** The first attempt of a loop, with an abort of its own. */
export function firstAttempt(): OwnedAttempt {
  const controller = new AbortController();
  return {
    attempt: { signal: controller.signal, attempt: 0, epoch: 1, lastError: undefined },
    abort: (reason) => controller.abort(reason),
    listeners: () => listenersOn(controller.signal),
  };
}

/** The same as the machine hands it over: its signal is made when it is read, and here that is a mistake. */
export function unreadAttempt(): OwnedAttempt {
  const lazy = new CountingSignal();
  return {
    attempt: Object.assign(new LazyContext(lazy), { attempt: 0, epoch: 1, lastError: undefined }),
    abort: (reason) => lazy.abort(reason),
    listeners: () => lazy.listeners.size,
  };
}

/** For `describe.each`: what is done on abort is done for a wrapper's attempt and for the machine's. */
export const attempts = [
  { whose: 'a wrapper', makeAttempt: firstAttempt },
  { whose: 'the machine', makeAttempt: unreadAttempt },
];

class CountingSignal extends LazySignal {
  readonly listeners = new Set<AbortListener>();

  override get signal(): AbortSignal {
    throw new Error('a signal was made');
  }

  override abort(reason: unknown): void {
    this.listeners.clear();
    super.abort(reason);
  }

  override addListener(listener: AbortListener): void {
    this.listeners.add(listener);
    super.addListener(listener);
  }

  override removeListener(listener: AbortListener): void {
    this.listeners.delete(listener);
    super.removeListener(listener);
  }
}

/** How many AbortControllers were made since, by whomever. */
export function countControllers(): () => number {
  const { AbortController } = globalThis;
  let made = 0;
  globalThis.AbortController = class extends AbortController {
    constructor() {
      super();
      made += 1;
    }
  };
  onTestFinished(() => {
    globalThis.AbortController = AbortController;
  });
  return () => made;
}
