/** First in, first out; `shift` takes constant time, unlike that of an array. */
export class Queue<T> implements Iterable<T> {
  #items: (T | undefined)[] = [];
  #head = 0;

  get length(): number {
    return this.#items.length - this.#head;
  }

  get first(): T | undefined {
    return this.#items[this.#head];
  }

  at(place: number): T | undefined {
    return this.#items[this.#head + place];
  }

  push(item: T): void {
    this.#items.push(item);
  }

  shift(): T | undefined {
    const item = this.#items[this.#head];
    if (item === undefined) return undefined;
    // The position is removed later; the item must be released now.
    this.#items[this.#head] = undefined;
    this.#head += 1;
    if (this.#head > 1000 && this.#head * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
    return item;
  }

  /** Removes all items that do not pass. */
  filter(passes: (item: T) => boolean): void {
    this.#items = [...this].filter(passes);
    this.#head = 0;
  }

  /** Takes the newest items that pass; returned in their original order. */
  takeLast(passes: (item: T) => boolean): T[] {
    let start = this.#items.length;
    while (start > this.#head && passes(this.#items[start - 1] as T)) start -= 1;
    return this.#items.slice(start) as T[];
  }

  [Symbol.iterator](): IterableIterator<T> {
    return (this.#items.slice(this.#head) as T[]).values();
  }
}
