import { clampTimer } from '../core/check.js';
import type { Clock } from '../core/clock.js';
import { LazySignal } from '../core/lazySignal.js';
import { type Abortable, LazyContext } from '../core/whenAborted.js';
import type { Random } from '../policy/backoff.js';

interface BetterWatch {
  readonly clock: Clock;
  readonly random: Random;
  readonly failbackMs: number;
  /** Resolves to whether a better endpoint answers; never rejects. */
  readonly look: (watch: Abortable) => Promise<boolean>;
  readonly onBetter: () => void;
}

/** Looks for a better endpoint repeatedly, until one answers. Returns a function that ends the watch. */
export function watchBetter({ clock, random, failbackMs, look, onBetter }: BetterWatch) {
  const own = new LazySignal();
  const arm = () => {
    // Links that were moved to one endpoint together must not leave it together.
    const delayMs = clampTimer(failbackMs * (1 + random() / 10));
    return clock.setTimeout(() => {
      void look(new LazyContext(own)).then((isBetter) => {
        if (own.aborted) return;
        if (isBetter) onBetter();
        else timer = arm();
      });
    }, delayMs);
  };
  let timer = arm();
  return () => {
    own.abort(new DOMException('the session has ended', 'AbortError'));
    clock.clearTimeout(timer);
  };
}
