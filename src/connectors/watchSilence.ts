import type { Clock } from '../core/clock.js';
import { startDeadline } from './startDeadline.js';

/** Signs of life are not handled when they arrive; instead the count is checked this often in each `silenceMs`. */
const LOOKS = 4;

export interface SilenceWatch {
  readonly clock: Clock;
  /** How long no sign of life is tolerated, in milliseconds. */
  readonly silenceMs: number;
  /** Count of signs of life so far, such as messages or received bytes: any number that changes with each. */
  readonly signs: () => number;
  /** Called once, at most 1.25 × `silenceMs` after the last sign. */
  readonly onSilence: () => void;
}

/**
 * Watches for a silent peer. Returns a function that ends the watch. The sleep of a computer does not count as silence.
 */
export function watchSilence({ clock, silenceMs, signs, onSilence }: SilenceWatch): () => void {
  let seen = signs();
  let quiet = 0;
  const look = () => {
    const now = signs();
    quiet = now === seen ? quiet + 1 : 0;
    seen = now;
    if (quiet === LOOKS) onSilence();
    else cancel = wait();
  };
  const wait = () => startDeadline(clock, silenceMs / LOOKS, look);
  let cancel = wait();
  return () => cancel();
}
