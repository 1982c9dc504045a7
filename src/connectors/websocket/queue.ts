import { type Abortable, isAborted, whenAborted } from '../../core/whenAborted.js';
import type { AnyMessage } from './socketLike.js';

/** Fixed overhead of a message in bytes, so that empty messages are not free. */
const OVERHEAD_BYTES = 64;
/** Number of taken messages in the array before it is cut. */
const MAX_TAKEN = 1024;

type Taken = IteratorResult<AnyMessage, undefined>;

interface Waiter {
  readonly resolve: (taken: Taken) => void;
  readonly reject: (error: unknown) => void;
}

/** Messages that wait to be read, or readers that wait for messages; both in order. */
export class MessageQueue {
  #messages: AnyMessage[] = [];
  #taken = 0;
  #bytes = 0;
  readonly #waiters = new Set<Waiter>();
  #end: { readonly error: Error | undefined } | undefined;
  #isDiscarded = false;
  #drained: Promise<void> | undefined;
  #resolveDrained: (() => void) | undefined;
  readonly #onTake: () => void;

  constructor(onTake: () => void) {
    this.#onTake = onTake;
  }

  /** Size of the waiting messages in bytes. */
  get bytes(): number {
    return this.#bytes;
  }

  put(message: AnyMessage): void {
    if (this.#end !== undefined) return;
    const [waiter] = this.#waiters;
    if (waiter !== undefined) return waiter.resolve({ done: false, value: message });
    this.#messages.push(message);
    this.#bytes += weight(message);
  }

  /** Ends the queue: waiting messages can still be read, then readers get the error, or the end. */
  end(error?: Error): void {
    this.#end ??= { error };
    for (const { resolve, reject } of this.#waiters) {
      if (error === undefined) resolve({ done: true, value: undefined });
      else reject(error);
    }
  }

  /** Drops waiting and future messages. */
  discard(): void {
    this.end();
    this.#isDiscarded = true;
    this.#messages = [];
    this.#taken = 0;
    this.#bytes = 0;
    this.#resolveDrained?.();
  }

  /**
   * Settles when a reader has asked for more after all waiting messages, or when they were dropped; undefined when none
   * waits.
   */
  drained(): Promise<void> | undefined {
    if (this.#bytes === 0) return undefined;
    this.#drained ??= new Promise((resolve) => {
      this.#resolveDrained = resolve;
    });
    return this.#drained;
  }

  /**
   * Takes the next message. Once the signal of `scope` is aborted it rejects with the reason, even if messages wait.
   * Exception: when all have been read, it reports the end or its error, which says more than the loss of the
   * connection.
   */
  take(scope?: Abortable): Promise<Taken> {
    const isAtEnd = this.#end !== undefined && this.#bytes === 0 && !this.#isDiscarded;
    if (isAtEnd) this.#resolveDrained?.();
    if (scope !== undefined && isAborted(scope) && !isAtEnd) return this.#wait(scope);
    const message = this.#messages[this.#taken];
    if (message !== undefined) return Promise.resolve({ done: false, value: this.#shift(message) });
    if (this.#end?.error !== undefined) return Promise.reject(this.#end.error);
    if (this.#end !== undefined) return Promise.resolve({ done: true, value: undefined });
    return this.#wait(scope);
  }

  #shift(message: AnyMessage): AnyMessage {
    this.#bytes -= weight(message);
    this.#taken++;
    if (this.#taken === this.#messages.length || this.#taken === MAX_TAKEN) {
      this.#messages.splice(0, this.#taken);
      this.#taken = 0;
    }
    this.#onTake();
    return message;
  }

  #wait(scope: Abortable | undefined): Promise<Taken> {
    return new Promise((resolve, reject) => {
      let ignoreAbort = () => {};
      const forget = () => {
        this.#waiters.delete(waiter);
        ignoreAbort();
      };
      const waiter: Waiter = {
        resolve(taken) {
          forget();
          resolve(taken);
        },
        reject(error) {
          forget();
          reject(error);
        },
      };
      this.#waiters.add(waiter);
      if (scope !== undefined) ignoreAbort = whenAborted(scope, (reason) => waiter.reject(reason));
    });
  }
}

/** Weight of a waiting message in bytes: its size plus the fixed overhead. */
export function weight(message: AnyMessage): number {
  return OVERHEAD_BYTES + sizeOf(message);
}

/** Size of a message in bytes; strings count their UTF-16 code units. */
export function sizeOf(message: AnyMessage): number {
  if (typeof message === 'string') return message.length;
  return 'size' in message ? message.size : message.byteLength;
}
