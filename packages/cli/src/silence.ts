import { clearTimeout, setTimeout } from 'node:timers';

/** Waits for a period in which no data moves on the connection. */
export class Silence {
  readonly #ms: number;
  #timer: NodeJS.Timeout | undefined;
  #resolve = (): void => {};
  #isSkipped = false;

  /** @param ms length of the period in milliseconds */
  constructor(ms: number) {
    this.#ms = ms;
  }

  /** Data has moved: the period starts again. */
  restart(): void {
    this.#timer?.refresh();
  }

  /** Resolves after a silent period, or at `skip()`. */
  wait(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#isSkipped) return resolve();
      this.#resolve = resolve;
      this.#timer = setTimeout(resolve, this.#ms);
    });
  }

  /** Ends the wait. */
  skip(): void {
    this.#isSkipped = true;
    clearTimeout(this.#timer);
    this.#resolve();
  }
}
