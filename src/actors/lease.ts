// Why: docs/decisions/0004-the-lease.md
import type { AnyConnector } from '../core/connector.js';
import { isRetryableError } from '../core/errors.js';
import { LazySignal } from '../core/lazySignal.js';
import type { Permit } from '../core/limiter.js';
import { LazyContext } from '../core/whenAborted.js';
import { dispose } from '../core/dispose.js';
import { askLimiter, type Reporter } from './admission.js';
import { call } from './call.js';

/** How the connection ended on its own. */
export interface Ending {
  /** The error that broke the connection, boxed. */
  readonly failure: { readonly error: unknown } | undefined;
  /** Further plain data about the end, such as a close code. */
  readonly detail: unknown;
  /** Settles when everything that had arrived has been read. */
  readonly drained: PromiseLike<unknown> | undefined;
}

/** The connector that owns the connection, and the limit of its release. */
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
  /** The number of the session that uses the connection. */
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

  /** Keeps the permit that opened the connection. */
  keep(permit: Permit | undefined): void {
    this.#permit = permit;
    this.#openedAtMs = this.#terms.now();
  }

  /** The connection, until its release begins. Not a getter, so that code that walks over getters does not find it. */
  static connection(lease: Lease): unknown {
    return lease.#connection;
  }

  get gracePeriodMs(): number {
    return this.#terms.gracePeriodMs;
  }

  get state(): 'offered' | 'taken' | 'releasing' | 'released' {
    return this.#state;
  }

  /** The error of a failed release, boxed; undefined if the release has not failed. */
  get failure(): { readonly error: unknown } | undefined {
    return this.#failure;
  }

  /** How the connection ended on its own; undefined while that is unknown. */
  get end(): Ending | undefined {
    return this.#end;
  }

  /** Records how the connection ended; only the first end counts. */
  endWith(end: Ending): void {
    this.#end ??= end;
  }

  /**
   * Calls the connector's `probe`, unless a probe is already running or `run` has settled. A rejection is passed to
   * `lose`.
   *
   * @param session the signal of `run`, which also aborts the probe
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
   * Reports to the limiter, once, that the session ended on its own before it was stable.
   *
   * @param reporter receives what the limiter throws
   * @param error what ended the session, if anything did; `retryable` may have attached the server's hint
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

  /** Releases the connection. The promise, if the release needs one, never rejects: see `failure`. */
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
