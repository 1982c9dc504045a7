import type { Figures, News } from '../model/messages.js';
import { FRAME_MS } from '../model/frames.js';
import { statePaths } from '../../src/machine/vocabulary.js';

const STATES = statePaths.length;

/** The indices of the states in which a client is online. */
const online = ['running.settling', 'running.stable'].map((path) =>
  (statePaths as readonly string[]).indexOf(path),
);

/** What has been seen of a storm. */
export class Recording {
  readonly attempts: number[] = [];
  readonly accepted: number[] = [];
  /** By state: whether a client was seen in it. */
  readonly seen: boolean[] = Array.from({ length: STATES }, () => false);
  readonly #states: number[] = [];
  figures: Figures | undefined;

  add({ attempts, accepted, states, figures }: Extract<News, { type: 'frames' }>): void {
    this.attempts.push(...attempts);
    this.accepted.push(...accepted);
    for (const [i, count] of states.entries()) {
      this.#states.push(count);
      if (count > 0) this.seen[i % STATES] = true;
    }
    this.figures = figures;
  }

  /** How many moments. */
  get length(): number {
    return this.attempts.length;
  }

  /** The last moment, in milliseconds. */
  get endMs(): number {
    return Math.max(0, this.length - 1) * FRAME_MS;
  }

  /** How many clients are in a state, by its place in `statePaths`. */
  count(frame: number, state: number): number {
    return this.#states[frame * STATES + state] ?? 0;
  }

  back(frame: number): number {
    return online.reduce((sum, state) => sum + this.count(frame, state), 0);
  }
}
