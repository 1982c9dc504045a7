import type { Clock } from '../core/clock.js';
import { isThenable } from '../core/isThenable.js';
import { Thrown } from '../core/thrown.js';
import { OutboxStoreError } from './errors.js';
import type { OutboxItem, OutboxStore } from './store.js';

interface Append<TMessage> {
  readonly item: OutboxItem<TMessage>;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

type Method = OutboxStoreError['method'];

/** Calls a store: one method at a time, with later requests combined, each call with a deadline. */
export class StoreWriter<TMessage> {
  /** Number of failed calls. */
  failures = 0;
  readonly #store: OutboxStore<TMessage>;
  readonly #timeoutMs: number;
  readonly #clock: Clock;
  #appends: Append<TMessage>[] = [];
  /** The items to remove; those of a failed call are included in the next one. */
  #removals: number[] = [];
  #work: Promise<void> | undefined;
  #lastError: OutboxStoreError | undefined;

  constructor(store: OutboxStore<TMessage>, timeoutMs: number, clock: Clock) {
    this.#store = store;
    this.#timeoutMs = timeoutMs;
    this.#clock = clock;
  }

  /** @throws OutboxStoreError also when the store's result is not an ordered list of items */
  async load(): Promise<readonly OutboxItem<TMessage>[]> {
    const answer = await this.#call('load', (store) => store.load());
    const items = Symbol.iterator in Object(answer) ? [...answer] : [undefined];
    const keys = new Set<string>();
    let last = 0;
    for (const item of items) {
      const { seq, key } = item ?? {};
      const isNext = Number.isSafeInteger(seq) && (seq as number) > last;
      if (!isNext || typeof key !== 'string' || keys.has(key)) {
        this.failures += 1;
        throw new OutboxStoreError('load', 'did not return an ordered list of items');
      }
      last = seq as number;
      keys.add(key);
    }
    return items as OutboxItem<TMessage>[];
  }

  /** Resolves when the store has the item. */
  append(item: OutboxItem<TMessage>): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#appends.push({ item, resolve, reject });
      this.#begin();
    });
  }

  remove(seq: number): void {
    this.#removals.push(seq);
    this.#begin();
  }

  /** Resolves when the store has received everything. */
  async flush(): Promise<void> {
    this.#begin();
    await this.#work;
    if (this.#removals.length > 0) throw this.#lastError;
  }

  async close(): Promise<void> {
    try {
      await this.flush();
    } finally {
      await this.#call('close', (store) => store.close());
    }
  }

  #begin(): void {
    if (this.#appends.length + this.#removals.length > 0) this.#work ??= this.#write();
  }

  async #write(): Promise<void> {
    let isWell = true;
    while (this.#appends.length > 0 || (isWell && this.#removals.length > 0)) {
      // A removed item was appended before, or is appended in the same call.
      const [appends, removals] = [this.#appends, this.#removals];
      [this.#appends, this.#removals] = [[], []];
      if (appends.length > 0) isWell = await this.#append(appends);
      if (removals.length > 0) isWell = (await this.#remove(removals)) && isWell;
    }
    this.#work = undefined;
  }

  async #append(appends: readonly Append<TMessage>[]): Promise<boolean> {
    try {
      await this.#call('append', (store) => store.append(appends.map(({ item }) => item)));
      for (const { resolve } of appends) resolve();
      return true;
    } catch (error) {
      // A late call may still have had its effect.
      this.#removals.push(...appends.map(({ item }) => item.seq));
      for (const { reject } of appends) reject(error);
      return false;
    }
  }

  async #remove(seqs: readonly number[]): Promise<boolean> {
    try {
      await this.#call('remove', (store) => store.remove(seqs));
      return true;
    } catch {
      this.#removals.unshift(...seqs);
      return false;
    }
  }

  async #call<T>(
    method: Method,
    call: (store: OutboxStore<TMessage>) => T | PromiseLike<T>,
  ): Promise<T> {
    try {
      const answer = call(this.#store);
      return isThenable(answer) ? await this.#inTime(method, answer) : answer;
    } catch (error) {
      this.failures += 1;
      this.#lastError =
        error instanceof OutboxStoreError
          ? error
          : new OutboxStoreError(method, `failed: ${new Thrown(error).message}`, { cause: error });
      throw this.#lastError;
    }
  }

  #inTime<T>(method: Method, answer: PromiseLike<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const late = () =>
        reject(new OutboxStoreError(method, `did not settle within ${this.#timeoutMs} ms`));
      const timer = this.#clock.setTimeout(late, this.#timeoutMs);
      answer.then(
        (value) => {
          this.#clock.clearTimeout(timer);
          resolve(value);
        },
        (error: unknown) => {
          this.#clock.clearTimeout(timer);
          reject(error);
        },
      );
    });
  }
}
