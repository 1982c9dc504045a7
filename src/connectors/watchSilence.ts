import type { Clock } from '../core/clock.js';
import { startDeadline } from './startDeadline.js';

/** A sign of life costs nothing when it comes; it is looked for this often in each `silenceMs`. */
const LOOKS = 4;

export interface SilenceWatch {
  readonly clock: Clock;
  /** How long there may be none, in milliseconds. */
  readonly silenceMs: number;
  /** Signs of life so far, such as messages, or bytes that were read: any number that changes with each. */
  readonly signs: () => number;
  /** Called once, at the latest `silenceMs` and a quarter after the last sign. */
  readonly onSilence: () => void;
}

/** Watches for a peer that has fallen silent; the answer ends the watch. The sleep of a computer is no silence. */
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
