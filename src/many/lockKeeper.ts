import { untilAborted } from '../core/untilAborted.js';
import { isFatalError, isRetryableError, kindOf } from '../core/errors.js';
import { type Abortable, isAborted, whenAborted } from '../core/whenAborted.js';
import type { Lock, LockHold } from './lock.js';
import { LockError, type LockErrorCode } from './lockError.js';
import { unasked } from './passedOn.js';

/** A checked hold; it is released once. */
export class Held {
  readonly #hold: LockHold;
  readonly #name: string;
  #released: Promise<void> | undefined;

  constructor(hold: LockHold, name: string) {
    this.#hold = hold;
    this.#name = name;
  }

  get fence(): number {
    return this.#hold.fence;
  }

  /** The error to throw after the loss; undefined while the lock is held. */
  get loss(): unknown {
    const { aborted, reason } = this.#hold.lost;
    return aborted
      ? failure('ERR_LOCK_LOST', `the lock \`${this.#name}\` was lost`, reason)
      : undefined;
  }

  /** @returns a function that removes the listener */
  whenLost(listener: (loss: unknown) => void): () => void {
    return whenAborted({ signal: this.#hold.lost }, () => listener(this.loss));
  }

  release(): Promise<void> {
    this.#released ??= this.#release();
    return this.#released;
  }

  /** Releases the hold when nothing can handle a failure: then the lock expires by itself. */
  abandon(): void {
    this.release().catch(() => {});
  }

  async #release(): Promise<void> {
    try {
      await this.#hold.release();
    } catch (cause) {
      const message = `the lock \`${this.#name}\` could not be released`;
      throw new LockError('ERR_LOCK_RELEASE', message, { cause });
    }
  }
}

/** Asks for one lock repeatedly, and checks each answer. */
export class LockKeeper {
  readonly #lock: Lock;
  readonly #name: string;
  #lastFence = 0;

  constructor(lock: Lock, name: string) {
    this.#lock = lock;
    this.#name = name;
  }

  /**
   * @throws the reason of the signal; an error that the lock has marked; otherwise LockError, which does not count
   * against the server
   */
  async acquire(context: Abortable): Promise<Held> {
    const asked = this.#ask(context);
    let hold: LockHold;
    try {
      hold = await untilAborted(asked, context);
    } catch (error) {
      if (isAborted(context)) {
        // A hold may still arrive.
        asked.then((late) => new Held(late, this.#name).abandon()).catch(() => {});
        throw error;
      }
      if (isFatalError(error) || isRetryableError(error)) throw error;
      throw failure('ERR_LOCK', `the lock \`${this.#name}\` could not be asked for`, error);
    }
    return this.#check(hold);
  }

  async #ask({ signal }: Abortable): Promise<LockHold> {
    return this.#lock.acquire({ name: this.#name, signal });
  }

  #check(hold: LockHold): Held {
    if (!isHold(hold)) {
      const what = `must return { fence, lost, release }; received ${kindOf(hold)}`;
      throw new LockError('ERR_LOCK_INVALID', `the lock \`${this.#name}\` ${what}`);
    }
    const held = new Held(hold, this.#name);
    const { loss, fence } = held;
    if (loss === undefined && fence > this.#lastFence) {
      this.#lastFence = fence;
      return held;
    }
    held.abandon();
    if (loss !== undefined) throw loss;
    const order = `${fence} after ${this.#lastFence}`;
    throw failure('ERR_LOCK_FENCE', `the lock \`${this.#name}\` gave the fencing number ${order}`);
  }
}

/** A failed attempt that counts, although no server was asked. */
function failure(code: LockErrorCode, message: string, cause?: unknown): unknown {
  return unasked(new LockError(code, message, cause === undefined ? undefined : { cause }));
}

function isHold(hold: Partial<LockHold> | null | undefined): hold is LockHold {
  return (
    Number.isSafeInteger(hold?.fence) &&
    (hold?.fence as number) > 0 &&
    typeof hold?.release === 'function' &&
    typeof hold.lost?.aborted === 'boolean' &&
    typeof hold.lost.addEventListener === 'function'
  );
}
