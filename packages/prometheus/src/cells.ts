/** Values by two keys, each created when it is first read. */
export class Cells<TValue> {
  readonly #make: (first: string, second: string) => TValue;
  readonly #rows = new Map<string, Map<string, TValue>>();

  constructor(make: (first: string, second: string) => TValue) {
    this.#make = make;
  }

  /** Returns the same value for the same keys. */
  at(first: string, second: string): TValue {
    return this.#rows.get(first)?.get(second) ?? this.#add(first, second);
  }

  #add(first: string, second: string): TValue {
    const row = this.#rows.get(first) ?? new Map<string, TValue>();
    this.#rows.set(first, row);
    const made = this.#make(first, second);
    row.set(second, made);
    return made;
  }

  *values(): Iterable<TValue> {
    for (const row of this.#rows.values()) yield* row.values();
  }
}
