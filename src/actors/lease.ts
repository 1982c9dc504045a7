// Why: docs/decisions/0004-the-lease.md
import type { AnyConnector } from '../core/connector.js';
import { isRetryableError } from '../core/errors.js';
import { LazySignal } from '../core/lazySignal.js';
import type { Permit } from '../core/limiter.js';
import { LazyContext } from '../core/whenAborted.js';
import { dispose } from '../core/dispose.js';
import { askLimiter, type Reporter } from './admission.js';
import { call } from './call.js';

/** How the connection ended by itself. */
export interface Ending {
  /** What broke it, boxed. */
  readonly failure: { readonly error: unknown } | undefined;
  /** What else is known. */
  readonly detail: unknown;
  /** Settles when all that had arrived has been read. */
  readonly drained: PromiseLike<unknown> | undefined;
}

/** Whose connection it is, and how long its release may take. */
export interface LeaseTerms {
  readonly connector: AnyConnector;
  readonly gracePeriodMs: number;
  readonly stableAfterMs: number;
  readonly now: () => number;
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
  #end: Ending | undefined;
  #probing: LazySignal | undefined;
  #permit: Permit | undefined;
  #openedAtMs = 0;

  constructor(connection: unknown, terms: LeaseTerms, epoch: number) {
    this.#connection = connection;
    this.#terms = terms;
    this.epoch = epoch;
  }

  /** The connection was opened by a permit, just now. */
  keep(permit: Permit | undefined): void {
    this.#permit = permit;
    this.#openedAtMs = this.#terms.now();
  }

  /** What it holds until the release begins. No getter: nothing that walks over getters finds it. */
  static connection(lease: Lease): unknown {
    return lease.#connection;
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

  /** Of the connection, by itself; undefined while it is not known. */
  get end(): Ending | undefined {
    return this.#end;
  }

  /** The first end counts. */
  endWith(end: Ending): void {
    this.#end ??= end;
  }

  /**
   * Asks the connector's `probe`, unless one is under way or `run` has settled; its rejection is for `lose`.
   *
   * @param session the signal of `run`, which ends the probe too
   */
  probe(session: LazySignal, lose: (error: unknown) => void): void {
    const { connector } = this.#terms;
    if (connector.probe === undefined || this.#probing !== undefined) return;
    if (this.#state !== 'taken') return;
    const probing = new LazySignal();
    this.#probing = probing;
    const abort = (reason: unknown) => probing.abort(reason);
    session.addListener(abort);
    const over = () => {
      this.#probing = undefined;
      session.removeListener(abort);
    };
    call(() =>
      (connector as Required<AnyConnector>).probe(this.#connection, new LazyContext(probing)),
    ).then(over, (error) => {
      over();
      lose(error);
    });
  }

  /**
   * The session ended by itself: if that was before it was stable, the limiter hears of it, once.
   *
   * @param reporter is told of what the limiter throws
   * @param error what ended it, if anything did: `retryable` may have marked it with the server's hint
   */
  endEarly(reporter: Reporter, error?: unknown): void {
    const { now, stableAfterMs } = this.#terms;
    const permit = this.#permit;
    this.#permit = undefined;
    if (permit === undefined || now() - this.#openedAtMs >= stableAfterMs) return;
    const isHint = isRetryableError(error) && error.consumesAttempt;
    askLimiter(
      () => permit.unstable(isHint ? (error.permit?.[1] ?? error.delayMs) : undefined),
      reporter,
    );
  }

  take(): { readonly connection: unknown; readonly connector: AnyConnector } {
    this.#state = 'taken';
    return { connection: this.#connection, connector: this.#terms.connector };
  }

  /** Releases the connection; the promise, if one is needed, never rejects: see `failure`. */
  release(): Promise<void> | undefined {
    if (this.#state === 'releasing' || this.#state === 'released') return this.#closing;
    this.#state = 'releasing';
    this.#probing?.abort(new DOMException('the session has ended', 'AbortError'));
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
