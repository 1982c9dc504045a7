import { LazySignal } from '../core/lazySignal.js';
import type { ConnectLimiter, ConnectRequest, Permit } from '../core/limiter.js';
import { type Abortable, isAborted, LazyContext, whenAborted } from '../core/whenAborted.js';
import type { Held, LockKeeper } from './lockKeeper.js';

/** The hold for which a permit was granted: `connect` takes it. */
interface Ticket {
  readonly held?: Held;
  /** The reason why there is no hold: `connect` throws it. */
  readonly error?: unknown;
}

type Granted = (permit: Permit) => void;

/** A limiter that grants permits to the holder of the lock; then it asks the next limiter, if there is one. */
export class LockGate implements ConnectLimiter {
  readonly waitsFor: string;
  readonly #keeper: LockKeeper;
  readonly #next: ConnectLimiter | undefined;
  #ticket: Ticket | undefined;

  constructor(keeper: LockKeeper, name: string, next: ConnectLimiter | undefined) {
    this.waitsFor = `lock ${name}`;
    this.#keeper = keeper;
    this.#next = next;
  }

  tryAcquire(): undefined {}

  enqueue(request: ConnectRequest, granted: Granted): () => void {
    const waiting = new LazySignal();
    void this.#admit(request, granted, new LazyContext(waiting));
    return () => waiting.abort(new DOMException('the lock is no longer needed', 'AbortError'));
  }

  /**
   * Takes the hold of the permit that was just granted; undefined if none was.
   *
   * @throws the reason why there is no hold
   */
  take(): Held | undefined {
    const ticket = this.#ticket;
    this.#ticket = undefined;
    if (ticket !== undefined && 'error' in ticket) throw ticket.error;
    return ticket?.held;
  }

  async #admit(request: ConnectRequest, granted: Granted, context: Abortable): Promise<void> {
    let held: Held | undefined;
    let permit: Permit | undefined;
    let ticket: Ticket;
    try {
      held = await this.#keeper.acquire(context);
      if (this.#next !== undefined) permit = await permitOf(this.#next, request, context);
      ticket = { held };
    } catch (error) {
      held?.abandon();
      ticket = { error };
    }
    if (!isAborted(context)) return this.#grant(ticket, permit, granted);
    held?.abandon();
    permit?.settle('ignored');
  }

  /** Grants the permit; `connect` is called synchronously in `granted`, if at all. */
  #grant(ticket: Ticket, permit: Permit | undefined, granted: Granted): void {
    this.#ticket = ticket;
    granted({
      settle: (outcome, hintMs) => {
        if (this.#ticket === ticket) {
          this.#ticket = undefined;
          ticket.held?.abandon();
        }
        permit?.settle(outcome, hintMs);
      },
      unstable: (hintMs) => {
        // A lost lock says nothing about the server.
        if (ticket.held?.loss === undefined) permit?.unstable(hintMs);
      },
    });
  }
}

function permitOf(
  limiter: ConnectLimiter,
  request: ConnectRequest,
  context: Abortable,
): Promise<Permit> {
  return new Promise((resolve, reject) => {
    let cancel = () => {};
    const forget = whenAborted(context, (reason) => {
      cancel();
      reject(reason);
    });
    const granted = (permit: Permit) => {
      forget();
      resolve(permit);
    };
    const permit = limiter.tryAcquire(request);
    if (permit === undefined) cancel = limiter.enqueue(request, granted);
    else granted(permit);
  });
}
