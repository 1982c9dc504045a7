import type { AnyConnector } from '../core/connector.js';
import { dispose } from '../core/dispose.js';

/** Whose connection it is, and how long its release may take. */
export interface LeaseTerms {
  readonly connector: AnyConnector;
  readonly gracePeriodMs: number;
}

/**
 * The single owner of a live connection: hands it to `run` once, releases it exactly once. Its fields
 * are private so that no snapshot, event or inspector shows the connection.
 */
export class Lease {
  /** The number of the session it is for. */
  readonly epoch: number;
  readonly #terms: LeaseTerms;
  #connection: unknown;
  #state: 'offered' | 'taken' | 'releasing' | 'released' = 'offered';
  #closing: Promise<void> | undefined;
  #failure: { readonly error: unknown } | undefined;

  constructor(connection: unknown, terms: LeaseTerms, epoch: number) {
    this.#connection = connection;
    this.#terms = terms;
    this.epoch = epoch;
  }

  get gracePeriodMs(): number {
    return this.#terms.gracePeriodMs;
  }

  get state(): 'offered' | 'taken' | 'releasing' | 'released' {
    return this.#state;
  }

  /** What the release threw, boxed; undefined while nothing went wrong. */
  get failure(): { readonly error: unknown } | undefined {
    return this.#failure;
  }

  take(): { readonly connection: unknown; readonly connector: AnyConnector } {
    this.#state = 'taken';
    return { connection: this.#connection, connector: this.#terms.connector };
  }

  /** Releases the connection; the promise, if one is needed, never rejects: see `failure`. */
  release(): Promise<void> | undefined {
    if (this.#state === 'releasing' || this.#state === 'released') return this.#closing;
    this.#state = 'releasing';
    const connection = this.#connection;
    this.#connection = undefined;
    try {
      const closing = disconnect(connection, this.#terms.connector);
      if (closing === undefined) this.#finish();
      else {
        this.#closing = Promise.resolve(closing).then(
          () => this.#finish(),
          (error: unknown) => this.#finish({ error }),
        );
      }
    } catch (error) {
      this.#finish({ error });
    }
    return this.#closing;
  }

  #finish(failure?: { readonly error: unknown }): void {
    this.#state = 'released';
    this.#failure = failure;
    this.#closing = undefined;
  }
}

function disconnect(connection: unknown, connector: AnyConnector): PromiseLike<void> | undefined {
  if (connector.disconnect === undefined) return dispose(connection);
  return connector.disconnect(connection) ?? undefined;
}
