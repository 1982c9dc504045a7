/**
 * The position at which an ordered consumer continues in the next session: after the last message up to which all are
 * finished. Later messages that have already finished are not delivered again.
 */
export class Position {
  /** Messages that were taken and are not finished, in order. */
  readonly #open = new Set<number>();
  /** Messages that finished before an earlier one. */
  readonly #done = new Set<number>();
  #latest: number | undefined;

  /** The first message that is not known to be finished; undefined if no consumer has been created yet. */
  get next(): number | undefined {
    const [first] = this.#open;
    return first ?? (this.#latest === undefined ? undefined : this.#latest + 1);
  }

  /** A consumer was created that begins after this message of the stream. */
  begin(after: number): void {
    this.#open.clear();
    this.#latest = after;
  }

  /** The stream was replaced: the position is forgotten. */
  forget(): void {
    this.#open.clear();
    this.#done.clear();
    this.#latest = undefined;
  }

  /** True if the message must be handled. */
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
