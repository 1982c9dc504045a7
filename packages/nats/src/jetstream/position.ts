/**
 * Where an ordered consumer continues in the next session: after the last message before which all are done. What was done after
 * that is not handed out again.
 */
export class Position {
  /** Messages that were taken and are not done, in their order. */
  readonly #open = new Set<number>();
  /** Messages that are done, after one that is open. */
  readonly #done = new Set<number>();
  #latest: number | undefined;

  /** The first message that is not known to be done; undefined if no consumer was made yet. */
  get next(): number | undefined {
    const [first] = this.#open;
    return first ?? (this.#latest === undefined ? undefined : this.#latest + 1);
  }

  /** A consumer was made that begins after this message of the stream. */
  begin(after: number): void {
    this.#open.clear();
    this.#latest = after;
  }

  /** The stream is another one: nothing is known of it. */
  forget(): void {
    this.#open.clear();
    this.#done.clear();
    this.#latest = undefined;
  }

  /** Whether the message is to be handled. */
  take(sequence: number): boolean {
    this.#latest = sequence;
    if (this.#done.has(sequence)) return false;
    this.#open.add(sequence);
    return true;
  }

  done(sequence: number): void {
    this.#open.delete(sequence);
    this.#done.add(sequence);
    const next = this.next ?? Infinity;
    for (const one of this.#done) if (one < next) this.#done.delete(one);
  }
}
