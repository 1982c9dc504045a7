import { inspect } from 'node:util';

interface Entry<TCursor> {
  readonly cursor: TCursor;
  isHandled: boolean;
}

/** How far rows have been handled: up to the first that has not. It outlives the sessions. */
export class Progress<TCursor> {
  /** The cursor of the last row up to which all have been handled; undefined if there is none. */
  last: TCursor | undefined;
  /** True if `last` may not have been saved. */
  isUnsaved = false;
  #entries: Entry<TCursor>[] = [];
  /** By the serialized cursor, because a row that is read again has another object. */
  readonly #failures = new Map<string, number>();

  /** Forgets the rows that were begun but not handled: they are read again. */
  begin(): void {
    this.#entries = [];
  }

  /**
   * Records a row. The returned function must be called when the row has been handled, and returns whether `last` has
   * changed.
   */
  add(cursor: TCursor): () => boolean {
    const entry = { cursor, isHandled: false };
    this.#entries.push(entry);
    return () => {
      entry.isHandled = true;
      const before = this.#entries.length;
      for (let first = this.#entries[0]; first?.isHandled; first = this.#entries[0]) {
        this.last = first.cursor;
        this.#entries.shift();
      }
      return this.#entries.length < before;
    };
  }

  /** Number of failures of the row, in this session and earlier ones. */
  failuresOf(cursor: TCursor): number {
    return this.#failures.get(inspect(cursor)) ?? 0;
  }

  countFailure(cursor: TCursor): number {
    const failures = this.failuresOf(cursor) + 1;
    this.#failures.set(inspect(cursor), failures);
    return failures;
  }

  forgetFailures(cursor: TCursor): void {
    if (this.#failures.size > 0) this.#failures.delete(inspect(cursor));
  }
}
