// Why: packages/cli/decisions/0020-each-line-at-most-once.md
/** What happens to a line that comes while the queue is full. */
export type Overflow = 'wait' | 'drop-oldest' | 'drop-newest';

export interface LineQueueLimits {
  /** Lines that are kept; bounds >= 1. */
  readonly lines: number;
  /** Bytes that are kept; one line alone may be longer. */
  readonly bytes: number;
  readonly overflow: Overflow;
}

/** In the place of a line that is gone. */
const NOTHING = Buffer.alloc(0);

/** Lines on their way from standard input to the connection, through every outage. */
export class LineQueue {
  readonly #limits: LineQueueLimits;
  readonly #lines: Buffer[] = [];
  /** Places at the beginning of the list whose lines are gone: to cut off each alone would move all others. */
  #gone = 0;
  #bytes = 0;
  #isClosed = false;
  #sleepers: (() => void)[] = [];
  #refused = 0;
  /** Lines that the system took for sending. */
  sent = 0;
  /** Lines that were taken from here and not yet sent. */
  onTheirWay = 0;
  /** Lines that were dropped because the queue was full. */
  dropped = 0;
  /** Lines that the connection's end cut off on their way. */
  cut = 0;

  constructor(limits: LineQueueLimits) {
    this.#limits = limits;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Lines that are still here, or came when the queue was closed. */
  get unsent(): number {
    return this.#waiting + this.#refused;
  }

  /** Everything that came and was not sent. */
  get lost(): number {
    return this.dropped + this.cut + this.unsent;
  }

  /** Whether all was taken and nothing more will come. */
  get isDone(): boolean {
    return this.#isClosed && this.#waiting === 0;
  }

  /** Adds a line, with its end; resolves at once, or when there is room. A closed queue takes none. */
  async push(line: Buffer): Promise<void> {
    const { overflow } = this.#limits;
    while (this.#isFullFor(line) && !this.#isClosed) {
      if (overflow === 'wait') {
        await this.changed();
        continue;
      }
      this.dropped += 1;
      if (overflow === 'drop-newest') return;
      this.#remove(1);
    }
    if (this.#isClosed) {
      this.#refused += 1;
      return;
    }
    this.#lines.push(line);
    this.#bytes += line.length;
    this.wake();
  }

  /** Takes the oldest lines, of `maxBytes` together or the first one alone. */
  take(maxBytes: number): Buffer[] {
    let count = 0;
    let bytes = 0;
    for (let i = this.#gone; i < this.#lines.length; i++) {
      const { length } = this.#lines[i] as Buffer;
      if (count > 0 && bytes + length > maxBytes) break;
      count += 1;
      bytes += length;
    }
    this.onTheirWay += count;
    const taken = this.#remove(count);
    if (count > 0) this.wake();
    return taken;
  }

  /** Lines that were taken have gone out. */
  confirm(count: number): void {
    this.onTheirWay -= count;
    this.sent += count;
  }

  /** Lines that were taken may not have gone out. */
  cutOff(count: number): void {
    this.onTheirWay -= count;
    this.cut += count;
  }

  /** No line comes any more; those that are here may still be taken. */
  close(): void {
    this.#isClosed = true;
    this.wake();
  }

  /** Resolves at the next change, or at `wake()`. */
  changed(): Promise<void> {
    return new Promise((resolve) => this.#sleepers.push(resolve));
  }

  wake(): void {
    for (const resolve of this.#sleepers.splice(0)) resolve();
  }

  get #waiting(): number {
    return this.#lines.length - this.#gone;
  }

  #isFullFor({ length }: Buffer): boolean {
    const { lines, bytes } = this.#limits;
    return this.#waiting >= lines || (this.#waiting > 0 && this.#bytes + length > bytes);
  }

  /** Takes the oldest lines out of the list. */
  #remove(count: number): Buffer[] {
    const end = this.#gone + count;
    const removed = this.#lines.slice(this.#gone, end);
    this.#lines.fill(NOTHING, this.#gone, end);
    this.#gone = end;
    for (const { length } of removed) this.#bytes -= length;
    // So that the list holds no more than twice what waits, and each line is moved once at most.
    if (this.#gone > this.#waiting) {
      this.#lines.splice(0, this.#gone);
      this.#gone = 0;
    }
    return removed;
  }
}
