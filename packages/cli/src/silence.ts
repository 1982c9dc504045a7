import { clearTimeout, setTimeout } from 'node:timers';

/** Waits for a time in which nothing moves on the connection. */
export class Silence {
  readonly #ms: number;
  #timer: NodeJS.Timeout | undefined;
  #resolve = (): void => {};
  #isSkipped = false;

  /** @param ms how long, in milliseconds */
  constructor(ms: number) {
    this.#ms = ms;
  }

  /** Something has moved: the time begins anew. */
  restart(): void {
    this.#timer?.refresh();
  }

  /** Resolves when it was silent for that long, or at `skip()`. */
  wait(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#isSkipped) return resolve();
      this.#resolve = resolve;
      this.#timer = setTimeout(resolve, this.#ms);
    });
  }

  /** No silence is needed any more. */
  skip(): void {
    this.#isSkipped = true;
    clearTimeout(this.#timer);
    this.#resolve();
  }
}
