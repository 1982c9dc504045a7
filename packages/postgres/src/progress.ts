import { inspect } from 'node:util';

interface Entry<TCursor> {
  readonly cursor: TCursor;
  isHandled: boolean;
}

/** How far the rows are handled: up to the first that is not. It outlives the sessions. */
export class Progress<TCursor> {
  /** The cursor of the last row before which all are handled; undefined if there is none. */
  last: TCursor | undefined;
  /** Whether `last` may not have been saved. */
  isUnsaved = false;
  #entries: Entry<TCursor>[] = [];
  /** By what a cursor looks like: that of a row which is read again is another object. */
  readonly #failures = new Map<string, number>();

  /** Forgets the rows that were begun and never handled: they are read again. */
  begin(): void {
    this.#entries = [];
  }

  /** Notes a row; the function that it answers is called when the row is handled, and answers whether `last` is another. */
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

  /** How often the row has failed, in this session and those before. */
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
