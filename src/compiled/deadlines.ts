// Why: docs/decisions/0063-deadlines-share-a-timer.md
import type { MachineEvent } from '../machine/context.js';

/* oxlint-disable no-restricted-globals, no-restricted-properties -- the timers of the host, for the default of `clock` */

/** Who is told that its time is over. */
interface Waiter {
  ring(event: MachineEvent): void;
}

/** A timer of Node can let the process end, others need not. */
interface HostTimer {
  ref?(): void;
  unref?(): void;
}

/**
 * Deadlines of one length are due in the order in which they were set: one timer of the host serves them all, and to
 * set or to clear one is to link or unlink it.
 */
class DeadlineList {
  readonly #ms: number;
  #first: Deadline | undefined;
  #last: Deadline | undefined;
  #timer: HostTimer | undefined;
  #timerDueMs = 0;

  constructor(ms: number) {
    this.#ms = ms;
  }

  add(deadline: Deadline): void {
    // Whole milliseconds: a fraction would take memory of its own.
    deadline.dueMs = Math.ceil(performance.now() + this.#ms);
    const last = this.#last;
    this.#last = deadline;
    deadline.before = last;
    if (last !== undefined) last.after = deadline;
    else {
      this.#first = deadline;
      // To make a timer costs more than all the rest: it is kept while there is no deadline.
      if (this.#timer === undefined) this.#arm(this.#ms, deadline.dueMs);
      else this.#timer.ref?.();
    }
  }

  remove({ before, after }: Deadline): void {
    if (before === undefined) this.#first = after;
    else before.after = after;
    if (after === undefined) this.#last = before;
    else after.before = before;
    if (this.#first === undefined) this.#timer?.unref?.();
  }

  readonly #fire = (): void => {
    this.#timer = undefined;
    // A timer may come a little early, by the fractions of its clock.
    const nowMs = Math.max(performance.now(), this.#timerDueMs);
    for (
      let first = this.#first;
      first !== undefined && first.dueMs <= nowMs;
      first = this.#first
    ) {
      first.ring();
    }
    // One that rang may have set another.
    if (this.#timer !== undefined) return;
    if (this.#first === undefined) lists.delete(this.#ms);
    else this.#arm(this.#first.dueMs - nowMs, this.#first.dueMs);
  };

  #arm(ms: number, dueMs: number): void {
    this.#timerDueMs = dueMs;
    this.#timer = setTimeout(this.#fire, ms);
  }
}

/** A time that runs for a link. */
export class Deadline {
  dueMs = 0;
  before: Deadline | undefined = undefined;
  after: Deadline | undefined = undefined;
  readonly #list: DeadlineList;
  readonly #waiter: Waiter;
  readonly #event: MachineEvent;

  constructor(ms: number, waiter: Waiter, event: MachineEvent) {
    this.#waiter = waiter;
    this.#event = event;
    this.#list = listOf(ms);
    this.#list.add(this);
  }

  ring(): void {
    this.#list.remove(this);
    this.#waiter.ring(this.#event);
  }

  clear(): void {
    this.#list.remove(this);
  }
}

const lists = new Map<number, DeadlineList>();

function listOf(ms: number): DeadlineList {
  let list = lists.get(ms);
  if (list === undefined) {
    list = new DeadlineList(ms);
    lists.set(ms, list);
  }
  return list;
}

const hostTimeout = globalThis.setTimeout;

/** False while somebody has put timers of a test in the place of the host's: those are to see each deadline. */
export function areTimersReal(): boolean {
  return globalThis.setTimeout === hostTimeout;
}
