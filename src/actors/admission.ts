import { isRetryableError, LimiterError } from '../core/errors.js';
import type { ConnectLimiter, ConnectRequest, Permit, PermitOutcome } from '../core/limiter.js';

/** Who asks for a permit. */
interface Applicant extends Reporter {
  /** The permit is there. */
  admitted(admission: Admission): void;
  /** It is still to come. */
  queued(): void;
  /** There will be none. */
  refused(error: unknown): void;
}

/** Takes an error that has no other taker. */
export interface Reporter {
  report(error: Error): void;
}

/** One request for a permit: a permit that comes is settled exactly once, whatever the limiter does. */
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
      // Who was asked may have stopped the link.
      if (this.#isOver) return;
      this.#cancel = limiter.enqueue(request, (granted) => this.#grant(granted));
      // It may have granted at once.
      if (this.#permit !== undefined) return;
    } catch (error) {
      const cause = { cause: error };
      if (this.#isOver || this.#permit !== undefined) return this.#applicant.report(threw(cause));
      this.#isOver = true;
      // A queue that is full may say when to ask again.
      return this.#applicant.refused(isRetryableError(error) ? error : threw(cause));
    }
    if (this.#isOver) this.#takeBack();
    else this.#applicant.queued();
  }

  /** The attempt is over, or nobody wants the permit any more; the first outcome counts. */
  settle(outcome: PermitOutcome, hintMs?: number): void {
    if (this.#isOver) return;
    this.#isOver = true;
    const permit = this.#permit;
    if (permit === undefined) this.#takeBack();
    else askLimiter(() => permit.settle(outcome, hintMs), this.#applicant);
  }

  /** The attempt has opened a connection: its lease keeps the permit, and nothing else of the attempt. */
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
      return this.#applicant.refused(new LimiterError('the limiter granted what is no permit'));
    }
    if (this.#isOver || this.#permit !== undefined)
      return askLimiter(() => permit.settle('ignored'), this.#applicant);
    this.#permit = permit;
    this.#applicant.admitted(this);
  }
}

/** Asks something of a limiter that nothing depends on. */
export function askLimiter(call: () => void, reporter: Reporter): void {
  try {
    call();
  } catch (cause) {
    reporter.report(threw({ cause }));
  }
}

function threw(cause: ErrorOptions): LimiterError {
  return new LimiterError('the limiter threw', cause);
}
