import type { ModelTestLink } from './app.js';

type Listen<TArgs extends unknown[]> = (...args: TArgs) => { unsubscribe(): void };

/** Counts the listeners of links that were not removed. */
export class ListenerCount {
  #count = 0;

  get count(): number {
    return this.#count;
  }

  /** Counts from now on. */
  watch(link: ModelTestLink): void {
    link.on = this.#counting(link.on.bind(link));
    link.subscribe = this.#counting(link.subscribe.bind(link));
  }

  #counting<TArgs extends unknown[]>(listen: Listen<TArgs>): Listen<TArgs> {
    return (...args) => {
      const listening = listen(...args);
      this.#count += 1;
      let isOn = true;
      return {
        unsubscribe: () => {
          if (isOn) this.#count -= 1;
          isOn = false;
          listening.unsubscribe();
        },
      };
    };
  }
}
