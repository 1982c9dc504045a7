import type { ConnectRequest, Permit } from '../core/limiter.js';

/** One in this many grants that would pass over the longest-waiting request goes to that request. */
const OLDEST_EVERY = 10;

/** A request in its queue. */
export class Waiter {
  readonly grant: (permit: Permit) => void;
  /** Its position among all requests; the smallest has waited longest. */
  readonly place: number;
  readonly line: Line;
  // Its neighbours in the list, so that it can leave from anywhere; undefined once it has left.
  before: Waiter | Line | undefined;
  after: Waiter | Line | undefined;

  constructor(line: Line, place: number, grant: (permit: Permit) => void) {
    this.line = line;
    this.place = place;
    this.grant = grant;
    this.before = line.before;
    this.after = line;
    this.before.after = this;
    line.before = this;
  }
}

/** First in, first out; a ring that begins and ends here. */
class Line {
  readonly priority: number;
  readonly isFresh: boolean;
  size = 0;
  before: Waiter | Line = this;
  after: Waiter | Line = this;

  constructor(priority: number, isFresh: boolean) {
    this.priority = priority;
    this.isFresh = isFresh;
  }
}

/**
 * The waiting requests of one key: by priority, then links whose connection was just lost before links that fail
 * repeatedly, then in order of arrival. Each such class has its own line: only a few are expected.
 */
export class Waiters {
  size = 0;
  /** The lines that are not empty, the first in order first. */
  readonly #lines: Line[] = [];
  #places = 0;
  #passes = 0;

  add({ priority, attempt }: ConnectRequest, grant: (permit: Permit) => void): Waiter {
    this.size += 1;
    const line = this.#lineOf(priority, attempt <= 1);
    line.size += 1;
    return new Waiter(line, this.#places++, grant);
  }

  /** Returns false if the request had already left. */
  remove(waiter: Waiter): boolean {
    const { before, after, line } = waiter;
    if (before === undefined || after === undefined) return false;
    before.after = after;
    after.before = before;
    waiter.before = waiter.after = undefined;
    this.size -= 1;
    line.size -= 1;
    if (line.size === 0) this.#lines.splice(this.#lines.indexOf(line), 1);
    return true;
  }

  /** Removes and returns the next request; call it only if a request waits. */
  shift(): Waiter {
    const firsts = this.#lines.map(({ after }) => after as Waiter);
    const oldest = firsts.reduce((a, b) => (b.place < a.place ? b : a));
    let next = firsts[0] as Waiter;
    if (oldest !== next && ++this.#passes % OLDEST_EVERY === 0) next = oldest;
    this.remove(next);
    return next;
  }

  /** Number of waiting requests by priority, the greatest first. */
  byPriority(): { readonly priority: number; readonly queued: number }[] {
    const counts = new Map<number, number>();
    for (const { priority, size } of this.#lines) {
      counts.set(priority, (counts.get(priority) ?? 0) + size);
    }
    return Array.from(counts, ([priority, queued]) => ({ priority, queued }));
  }

  #lineOf(priority: number, isFresh: boolean): Line {
    const behind = this.#lines.findIndex(
      (line) => line.priority < priority || (line.priority === priority && line.isFresh <= isFresh),
    );
    const found = this.#lines[behind];
    if (found?.priority === priority && found.isFresh === isFresh) return found;
    const line = new Line(priority, isFresh);
    this.#lines.splice(behind < 0 ? this.#lines.length : behind, 0, line);
    return line;
  }
}
