/** What happens to a line that comes while the queue is full. */
export type Overflow = 'wait' | 'drop-oldest' | 'drop-newest';

export interface LineQueueLimits {
  /** Lines that are kept; bounds >= 1. */
  readonly lines: number;
  /** Bytes that are kept; one line alone may be longer. */
  readonly bytes: number;
  readonly overflow: Overflow;
}

/** Lines on their way from standard input to the connection, through every outage. */
export class LineQueue {
  readonly #limits: LineQueueLimits;
  readonly #lines: Buffer[] = [];
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
    return this.#lines.length + this.#refused;
  }

  /** Everything that came and was not sent. */
  get lost(): number {
    return this.dropped + this.cut + this.unsent;
  }

  /** Whether all was taken and nothing more will come. */
  get isDone(): boolean {
    return this.#isClosed && this.#lines.length === 0;
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
      this.#bytes -= (this.#lines.shift() as Buffer).length;
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
    for (const { length } of this.#lines) {
      if (count > 0 && bytes + length > maxBytes) break;
      count += 1;
      bytes += length;
    }
    this.#bytes -= bytes;
    this.onTheirWay += count;
    if (count > 0) this.wake();
    return this.#lines.splice(0, count);
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

  #isFullFor({ length }: Buffer): boolean {
    const { lines, bytes } = this.#limits;
    return this.#lines.length >= lines || (this.#lines.length > 0 && this.#bytes + length > bytes);
  }
}
