// Why: packages/cli/decisions/0020-each-line-at-most-once.md
/** The treatment of a line that arrives while the queue is full. */
export type Overflow = 'wait' | 'drop-oldest' | 'drop-newest';

export interface LineQueueLimits {
  /** Maximum number of lines. Bounds: >= 1. */
  readonly lines: number;
  /** Maximum number of bytes; a single line may be longer. */
  readonly bytes: number;
  readonly overflow: Overflow;
}

/** Replaces a line that has left the list. */
const NOTHING = Buffer.alloc(0);

/** Lines on their way from standard input to the connection; they survive every outage. */
export class LineQueue {
  readonly #limits: LineQueueLimits;
  readonly #lines: Buffer[] = [];
  /**
   * Number of entries at the beginning of the list whose lines have left; removing each one alone would move all the
   * others.
   */
  #gone = 0;
  #bytes = 0;
  #isClosed = false;
  #sleepers: (() => void)[] = [];
  #refused = 0;
  /** Number of lines that the system has accepted for sending. */
  sent = 0;
  /** Number of lines that were taken and not yet sent. */
  onTheirWay = 0;
  /** Number of lines dropped because the queue was full. */
  dropped = 0;
  /** Number of lines that were being sent when the connection ended. */
  cut = 0;

  constructor(limits: LineQueueLimits) {
    this.#limits = limits;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Number of lines that are still here, or arrived after the queue was closed. */
  get unsent(): number {
    return this.#waiting + this.#refused;
  }

  /** Number of lines that arrived and were not sent. */
  get lost(): number {
    return this.dropped + this.cut + this.unsent;
  }

  /** True if all lines were taken and no more will arrive. */
  get isDone(): boolean {
    return this.#isClosed && this.#waiting === 0;
  }

  /** Adds a line, with its end; resolves at once, or when there is room. A closed queue accepts none. */
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

  /** Takes the oldest lines, up to `maxBytes` in total, but at least one. */
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

  /** Records that taken lines were sent. */
  confirm(count: number): void {
    this.onTheirWay -= count;
    this.sent += count;
  }

  /** Records that taken lines may not have been sent. */
  cutOff(count: number): void {
    this.onTheirWay -= count;
    this.cut += count;
  }

  /** No more lines arrive; the remaining ones may still be taken. */
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

  /** Removes the oldest lines from the list. */
  #remove(count: number): Buffer[] {
    const end = this.#gone + count;
    const removed = this.#lines.slice(this.#gone, end);
    this.#lines.fill(NOTHING, this.#gone, end);
    this.#gone = end;
    for (const { length } of removed) this.#bytes -= length;
    // Keeps the list at most twice as long as the waiting lines, while each line is moved at most once.
    if (this.#gone > this.#waiting) {
      this.#lines.splice(0, this.#gone);
      this.#gone = 0;
    }
    return removed;
  }
}
