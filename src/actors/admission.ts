import { isRetryableError, LimiterError } from '../core/errors.js';
import type { ConnectLimiter, ConnectRequest, Permit, PermitOutcome } from '../core/limiter.js';

/** The attempt that asks for a permit. */
interface Applicant extends Reporter {
  /** The permit was granted. */
  admitted(admission: Admission): void;
  /** The permit comes later. */
  queued(): void;
  /** No permit will be granted. */
  refused(error: unknown): void;
}

/** Takes errors that nothing else handles. */
export interface Reporter {
  report(error: Error): void;
}

/** One request for a permit. A granted permit is settled exactly once, whatever the limiter does. */
export class Admission {
  readonly #applicant: Applicant;
  #permit: Permit | undefined;
  #cancel: unknown;
  #isOver = false;

  constructor(applicant: Applicant) {
    this.#applicant = applicant;
  }

  request(limiter: ConnectLimiter, request: ConnectRequest): void {
    try {
      const permit = limiter.tryAcquire(request) ?? undefined;
      if (permit !== undefined) return this.#grant(permit);
      // The limiter or a `limiterKey` may have stopped the link.
      if (this.#isOver) return;
      this.#cancel = limiter.enqueue(request, (granted) => this.#grant(granted));
      // The limiter may have granted the permit synchronously.
      if (this.#permit !== undefined) return;
    } catch (error) {
      if (this.#isOver || this.#permit !== undefined) return this.#applicant.report(threw(error));
      this.#isOver = true;
      // The error of a full queue may contain the delay before the next request.
      return this.#applicant.refused(isRetryableError(error) ? error : threw(error));
    }
    if (this.#isOver) this.#takeBack();
    else this.#applicant.queued();
  }

  /** Settles the permit once the attempt has ended or the permit is no longer needed. Only the first outcome counts. */
  settle(outcome: PermitOutcome, hintMs?: number): void {
    if (this.#isOver) return;
    this.#isOver = true;
    const permit = this.#permit;
    if (permit === undefined) this.#takeBack();
    else askLimiter(() => permit.settle(outcome, hintMs), this.#applicant);
  }

  /** Hands the permit to the lease of the connection that the attempt has opened, and drops the rest of the attempt. */
  open(): Permit | undefined {
    this.settle('opened');
    return this.#permit;
  }

  #takeBack(): void {
    askLimiter(() => {
      if (typeof this.#cancel === 'function') this.#cancel();
    }, this.#applicant);
  }

  #grant(permit: Permit): void {
    if (typeof (permit as Partial<Permit> | null | undefined)?.settle !== 'function') {
      if (this.#isOver || this.#permit !== undefined) return;
      this.#isOver = true;
      return this.#applicant.refused(
        new LimiterError('the limiter granted something that is not a permit'),
      );
    }
    if (this.#isOver || this.#permit !== undefined)
      return askLimiter(() => permit.settle('ignored'), this.#applicant);
    this.#permit = permit;
    this.#applicant.admitted(this);
  }
}

/** Calls a limiter when nothing waits for the result: errors go to the reporter. */
export function askLimiter(call: () => void, reporter: Reporter): void {
  try {
    call();
  } catch (error) {
    reporter.report(threw(error));
  }
}

function threw(cause: unknown): LimiterError {
  return new LimiterError('the limiter threw', { cause });
}
