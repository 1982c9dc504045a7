import type { Clock } from '../../core/clock.js';
import type { Member } from './member.js';

/** Starts members one after another, `staggerMs` apart. */
export class Starts {
  readonly #clock: Clock;
  readonly #staggerMs: number;
  readonly #queue = new Set<Member>();
  #timer: unknown = undefined;

  constructor(clock: Clock, staggerMs: number) {
    this.#clock = clock;
    this.#staggerMs = staggerMs;
  }

  add(member: Member): void {
    if (this.#timer !== undefined) {
      this.#queue.add(member);
      return;
    }
    if (this.#staggerMs > 0) this.#arm();
    member.start();
  }

  delete(member: Member): void {
    this.#queue.delete(member);
  }

  clear(): void {
    this.#queue.clear();
    if (this.#timer !== undefined) this.#clock.clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** Sets the timer. A timer needs at least a millisecond, so it may start several members. */
  #arm(): void {
    this.#timer = this.#clock.setTimeout(() => this.#startNext(), Math.max(1, this.#staggerMs));
  }

  #startNext(): void {
    this.#timer = undefined;
    if (this.#queue.size === 0) return;
    this.#arm();
    const count = Math.max(1, Math.floor(1 / this.#staggerMs));
    for (let i = 0; i < count; i++) {
      const [next] = this.#queue;
      if (next === undefined) return;
      this.#queue.delete(next);
      next.start();
    }
  }
}
