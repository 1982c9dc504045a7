import { Continue, type RunContext } from '../../core/connector.js';
import { isFatalError } from '../../core/errors.js';
import { guarded } from '../../core/guarded.js';
import { isThenable } from '../../core/isThenable.js';
import { whenAborted } from '../../core/whenAborted.js';
import { MessageBacklogError } from './errors.js';
import type { MessageContext, MessageSession, MessageSettings } from './options.js';

/** How the server hears what became of a message; each may be async, and what it throws ends the session. */
export interface Settlement {
  /** `onMessage` is done: acknowledge it. */
  done?(): unknown;
  /** `onMessage` threw: see that it comes again, or put it aside. */
  failed?(error: unknown): unknown;
  /** `onMessage` was never called: give it back. */
  returned?(): unknown;
}

interface Entry<TMessage> {
  readonly message: TMessage;
  readonly settlement: Settlement;
}

/**
 * The messages of one session, from the client of a server to `onMessage`: made in `connect`, served in `run`. What comes
 * before the session is served waits.
 */
export class Inbox<TMessage, TSession extends MessageSession = MessageSession> {
  readonly #settings: MessageSettings<TMessage, TSession>;
  readonly #onError: (error: unknown, message: TMessage) => void;
  readonly #failed: Promise<never>;
  #rejectFailed!: (error: unknown) => void;
  #state: 'held' | 'served' | 'closed' = 'held';
  #context: MessageContext | undefined;
  #waiting = new Set<Entry<TMessage>>();
  #inFlight = 0;
  #whenDrained: (() => void)[] = [];

  constructor(settings: MessageSettings<TMessage, TSession>) {
    this.#settings = settings;
    this.#onError = guarded(settings.onError, console.error);
    this.#failed = new Promise((_resolve, reject) => (this.#rejectFailed = reject));
    // It has a listener while it is served only.
    this.#failed.catch(() => {});
  }

  /** Messages that have come and are not settled. */
  get size(): number {
    return this.#waiting.size + this.#inFlight;
  }

  /** Takes a message from the client; never throws, and answers whether it was taken. */
  take(message: TMessage, settlement: Settlement = {}): boolean {
    const entry = { message, settlement };
    const { maxWaiting } = this.#settings;
    if (this.#state !== 'closed') {
      if (this.#waiting.size < maxWaiting) {
        this.#waiting.add(entry);
        this.#pump();
        return true;
      }
      this.fail(new MessageBacklogError(maxWaiting));
    }
    this.#giveBack(entry);
    return false;
  }

  /** Ends the session by an error: no further message begins. */
  fail(error: unknown): void {
    this.#rejectFailed(error);
    this.close();
  }

  /** Resolves when every message that has come so far is settled. */
  drained(): Promise<void> {
    if (this.size === 0) return Promise.resolve();
    return new Promise((resolve) => this.#whenDrained.push(resolve));
  }

  /**
   * What `run` does: calls `onSession`, then hands out the messages, until the session is to end. Then it gives back what waits,
   * cancels the subscription, and settles when the messages in flight are settled.
   *
   * @param cancel cancels the subscription: an answer of the server that may never come needs a deadline; what it throws is no
   *   matter, as on a connection that is gone
   */
  async serve(
    context: RunContext,
    session: TSession,
    cancel: () => unknown = () => {},
  ): Promise<Continue> {
    let forget!: () => void;
    const aborted = new Promise<void>((resolve) => {
      forget = whenAborted(context, () => {
        resolve();
        this.close();
      });
    });
    const over = Promise.race([this.#failed, aborted]);
    try {
      await Promise.race([this.#announce(session), over]);
      this.#open(context);
      await over;
    } finally {
      forget();
      this.close();
      await call(cancel).catch(() => {});
      await this.drained();
    }
    return Continue();
  }

  /** Takes no more, and gives back what waits. */
  close(): void {
    this.#state = 'closed';
    for (const entry of this.#waiting) {
      this.#waiting.delete(entry);
      this.#giveBack(entry);
    }
    this.#look();
  }

  async #announce(session: TSession): Promise<void> {
    await this.#settings.onSession(session);
  }

  #open({ epoch, signal }: RunContext): void {
    if (this.#state === 'closed') return;
    this.#context = { epoch, signal };
    this.#state = 'served';
    this.#pump();
  }

  #pump(): void {
    for (const entry of this.#waiting) {
      if (this.#state !== 'served' || this.#inFlight >= this.#settings.maxInFlight) return;
      this.#waiting.delete(entry);
      this.#inFlight += 1;
      const settling = this.#handle(entry);
      // Handlers that are not async take any number of messages in one turn.
      if (settling === undefined) this.#inFlight -= 1;
      else void settling.then(() => this.#settled());
    }
    this.#look();
  }

  #settled(): void {
    this.#inFlight -= 1;
    this.#pump();
  }

  /** Never throws; a promise if there is something to wait for, and it never rejects. */
  #handle({ message, settlement }: Entry<TMessage>): Promise<unknown> | undefined {
    let result: unknown;
    try {
      result = this.#settings.onMessage(message, this.#context as MessageContext);
    } catch (error) {
      return this.#reject(error, message, settlement);
    }
    if (!isThenable(result)) return this.#settle(() => settlement.done?.());
    return Promise.resolve(result).then(
      () => this.#settle(() => settlement.done?.()),
      (error: unknown) => this.#reject(error, message, settlement),
    );
  }

  #reject(error: unknown, message: TMessage, settlement: Settlement): Promise<unknown> | undefined {
    this.#onError(error, message);
    if (isFatalError(error) || this.#settings.onMessageError === 'end') this.fail(error);
    return this.#settle(() => settlement.failed?.(error));
  }

  #giveBack({ settlement }: Entry<TMessage>): void {
    void this.#settle(() => settlement.returned?.());
  }

  /** Tells the server; if it cannot be told, the session is of no use. */
  #settle(tell: () => unknown): Promise<unknown> | undefined {
    try {
      const told = tell();
      if (!isThenable(told)) return undefined;
      return Promise.resolve(told).catch((error: unknown) => this.fail(error));
    } catch (error) {
      this.fail(error);
      return undefined;
    }
  }

  #look(): void {
    if (this.size > 0) return;
    const callbacks = this.#whenDrained;
    this.#whenDrained = [];
    for (const callback of callbacks) callback();
  }
}

async function call(cancel: () => unknown): Promise<void> {
  await cancel();
}
