// Why: docs/decisions/0063-deadlines-share-a-timer.md
import type { MachineEvent } from '../machine/context.js';

/* oxlint-disable no-restricted-globals, no-restricted-properties -- the timers of the host, for the default of `clock` */

/** Receives the end of a wait. */
interface Waiter {
  ring(event: MachineEvent): void;
}

/** A Node timer can let the process exit; timers of other hosts may not. */
interface HostTimer {
  ref?(): void;
  unref?(): void;
}

/**
 * Deadlines of equal length expire in the order in which they were set. One timer of the host serves them all; setting
 * or clearing a deadline links or unlinks a list entry.
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
    // Whole milliseconds: a fraction would need a heap allocation.
    deadline.dueMs = Math.ceil(performance.now() + this.#ms);
    const last = this.#last;
    this.#last = deadline;
    deadline.before = last;
    if (last !== undefined) last.after = deadline;
    else {
      this.#first = deadline;
      // Creating a timer costs more than all the rest, so it is kept when the list becomes empty.
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
    // A timer may fire slightly early, by a fraction of its clock.
    const nowMs = Math.max(performance.now(), this.#timerDueMs);
    for (
      let first = this.#first;
      first !== undefined && first.dueMs <= nowMs;
      first = this.#first
    ) {
      first.ring();
    }
    // An expired deadline may have set another one.
    if (this.#timer !== undefined) return;
    if (this.#first === undefined) lists.delete(this.#ms);
    else this.#arm(this.#first.dueMs - nowMs, this.#first.dueMs);
  };

  #arm(ms: number, dueMs: number): void {
    this.#timerDueMs = dueMs;
    this.#timer = setTimeout(this.#fire, ms);
  }
}

/** A running deadline of a link. */
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

/** False while a test has replaced the host's timers: the replacements must receive each deadline. */
export function areTimersReal(): boolean {
  return globalThis.setTimeout === hostTimeout;
}
