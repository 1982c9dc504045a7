import { whenAborted } from '../core/whenAborted.js';

interface Wait<TValue, TResult> {
  readonly value: TValue;
  resolve(result: TResult | PromiseLike<TResult>): void;
  reject(error: unknown): void;
}

/** A queue of waiting promises, each with its own signal. */
export class Waits<TValue, TResult> {
  readonly #line = new Set<Wait<TValue, TResult>>();

  get size(): number {
    return this.#line.size;
  }

  get first(): Wait<TValue, TResult> | undefined {
    return this.#line.values().next().value;
  }

  /** @throws the signal's reason */
  join(value: TValue, signal: AbortSignal | undefined): Promise<TResult> {
    return new Promise((resolve, reject) => {
      let forget: (() => void) | undefined;
      const leave = () => {
        this.#line.delete(wait);
        forget?.();
      };
      const wait: Wait<TValue, TResult> = {
        value,
        resolve(result) {
          leave();
          resolve(result);
        },
        reject(error) {
          leave();
          reject(error);
        },
      };
      this.#line.add(wait);
      if (signal) forget = whenAborted({ signal }, (reason) => wait.reject(reason));
    });
  }

  resolveAll(result: TResult): void {
    for (const wait of this.#line) wait.resolve(result);
  }

  rejectAll(error: unknown): void {
    for (const wait of this.#line) wait.reject(error);
  }
}
