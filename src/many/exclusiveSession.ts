import { clampTimer } from '../core/check.js';
import type { Clock } from '../core/clock.js';
import type { ConnectionEnd } from '../core/connector.js';
import { nextTurn } from '../core/nextTurn.js';
import type { Held } from './lockKeeper.js';

interface SessionTerms {
  readonly gracePeriodMs: number;
  readonly clock: Clock;
}

/** A connection that must not outlive its lock. */
export class ExclusiveSession {
  readonly #disconnect: () => PromiseLike<void> | void;
  readonly #held: Held;
  readonly #terms: SessionTerms;
  #forgetLoss = () => {};
  #ended: Promise<void> | undefined;

  constructor(disconnect: () => PromiseLike<void> | void, held: Held, terms: SessionTerms) {
    this.#disconnect = disconnect;
    this.#held = held;
    this.#terms = terms;
  }

  /** Settles like `closed`, or rejects when the lock is lost, and then ends the session. */
  lostOr(closed: Promise<ConnectionEnd | void>): Promise<ConnectionEnd | void> {
    return new Promise((resolve, reject) => {
      closed.then(resolve, reject);
      this.#forgetLoss = this.#held.whenLost((loss) => {
        reject(loss);
        // `run`'s signal is aborted first.
        nextTurn(() => void this.end().catch(() => {}));
      });
    });
  }

  /** Releases the connection, and then the lock. */
  end(): Promise<void> {
    this.#ended ??= this.#end();
    return this.#ended;
  }

  async #end(): Promise<void> {
    this.#forgetLoss();
    const { clock, gracePeriodMs } = this.#terms;
    const timer = clock.setTimeout(() => this.#held.abandon(), clampTimer(gracePeriodMs));
    try {
      await this.#disconnect();
    } catch (error) {
      await this.#held.release().catch((lost) => {
        throw new AggregateError([error, lost], 'two releases failed', { cause: error });
      });
      throw error;
    } finally {
      clock.clearTimeout(timer);
    }
    await this.#held.release();
  }
}
