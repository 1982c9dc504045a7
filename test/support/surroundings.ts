/** An event target that knows how many listeners it has. */
export class CountedTarget extends EventTarget {
  readonly #listeners = new Set<unknown>();

  get listeners(): number {
    return this.#listeners.size;
  }

  override addEventListener(...args: Parameters<EventTarget['addEventListener']>): void {
    super.addEventListener(...args);
    this.#listeners.add(args[1]);
  }

  override removeEventListener(...args: Parameters<EventTarget['removeEventListener']>): void {
    super.removeEventListener(...args);
    this.#listeners.delete(args[1]);
  }
}

class Page extends CountedTarget {
  visibilityState = 'visible';
}

/** What a browser tells of, moved by the test. */
export class Surroundings {
  readonly window = new CountedTarget();
  readonly document = new Page();
  readonly navigator = { onLine: true };

  goOffline(): void {
    this.navigator.onLine = false;
    this.window.dispatchEvent(new Event('offline'));
  }

  goOnline(): void {
    this.navigator.onLine = true;
    this.window.dispatchEvent(new Event('online'));
  }

  show(state: 'visible' | 'hidden'): void {
    this.document.visibilityState = state;
    this.document.dispatchEvent(new Event('visibilitychange'));
  }

  get listeners(): number {
    return this.window.listeners + this.document.listeners;
  }
}
