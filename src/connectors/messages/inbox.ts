// Why: docs/decisions/0086-one-contract-for-messages.md
import { Continue, type RunContext } from '../../core/connector.js';
import { isFatalError } from '../../core/errors.js';
import { guarded } from '../../core/guarded.js';
import { isThenable } from '../../core/isThenable.js';
import { whenAborted } from '../../core/whenAborted.js';
import { MessageBacklogError, PoisonMessageError } from './errors.js';
import type { MessageSession, MessageSettings, RedeliverySettings } from './options.js';

/** How the server is informed of a message's outcome. Each method may be async; an error that it throws ends the session. */
export interface Settlement {
  /** `onMessage` succeeded: acknowledge the message. */
  done?(): unknown;
  /**
   * `onMessage` threw: make sure that the message is delivered again. Without this method, and with settings for
   * redelivery, the inbox keeps the message and delivers it again itself.
   */
  failed?(error: unknown): unknown;
  /** The message will not be handled in this session: return it to the server. */
  returned?(): unknown;
  /** The message failed too often, and `onDeadLetter` has finished: make sure that it is not delivered again. */
  deadLettered?(error: unknown): unknown;
}

interface Entry<TMessage> {
  readonly message: TMessage;
  readonly settlement: Settlement;
  /** Number of earlier deliveries. */
  readonly redeliveries: number;
}

/** The settings of an inbox. */
export type InboxSettings<
  TMessage,
  TSession extends MessageSession = MessageSession,
> = MessageSettings<TMessage, TSession> &
  Partial<RedeliverySettings<TMessage>> & {
    /**
     * Called with an error that would end the session, but came after its end; `resolveMessageOptions` sets it where
     * `onError` would not report that error. Default: none.
     */
    readonly onLateError?: (error: unknown) => void;
  };

/**
 * Passes the messages of one session from the client library to `onMessage`. It is created in `connect` and served in
 * `run`; messages that arrive before `run` wait.
 */
export class Inbox<TMessage, TSession extends MessageSession = MessageSession> {
  readonly #settings: InboxSettings<TMessage, TSession>;
  readonly #onError: (error: unknown, message: TMessage) => void;
  readonly #failed: Promise<never>;
  #rejectFailed!: (error: unknown) => void;
  #state: 'held' | 'served' | 'closed' = 'held';
  #context: RunContext | undefined;
  #waiting = new Set<Entry<TMessage>>();
  /** Failed messages that will be delivered again, each with the function that cancels its timer. */
  #delayed = new Map<Entry<TMessage>, () => void>();
  #inFlight = 0;
  #whenDrained: (() => void)[] = [];

  constructor(settings: InboxSettings<TMessage, TSession>) {
    this.#settings = settings;
    this.#onError = guarded(settings.onError, console.error);
    this.#failed = new Promise((_resolve, reject) => (this.#rejectFailed = reject));
    // The promise has a listener only while the session is served.
    this.#failed.catch(() => {});
  }

  /** Number of messages that have arrived and are not settled. */
  get size(): number {
    return this.#waiting.size + this.#delayed.size + this.#inFlight;
  }

  /**
   * Takes a message from the client; never throws, and returns whether the message was taken.
   *
   * @param redeliveries number of earlier deliveries by the server, as far as known
   */
  take(message: TMessage, settlement: Settlement = {}, redeliveries = 0): boolean {
    const entry = { message, settlement, redeliveries };
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

  /** Ends the session with an error: no further message begins. */
  fail(error: unknown): void {
    this.#rejectFailed(error);
    this.close();
  }

  /** Resolves when every message that has arrived so far is settled. */
  drained(): Promise<void> {
    if (this.size === 0) return Promise.resolve();
    return new Promise((resolve) => this.#whenDrained.push(resolve));
  }

  /**
   * The work of `run`: calls `onSession`, then delivers the messages until the session must end. Then it returns the
   * waiting messages, cancels the subscription, and settles when the messages in flight are settled.
   *
   * @param cancel cancels the subscription. It needs a deadline, because the server may never answer. Its errors are
   * ignored: the connection may already be gone.
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

  /** Takes no more messages, and returns the waiting ones. */
  close(): void {
    this.#state = 'closed';
    for (const [entry, cancel] of this.#delayed) {
      cancel();
      this.#delayed.delete(entry);
      this.#giveBack(entry);
    }
    for (const entry of this.#waiting) {
      this.#waiting.delete(entry);
      this.#giveBack(entry);
    }
    this.#look();
  }

  async #announce(session: TSession): Promise<void> {
    await this.#settings.onSession(session);
  }

  #open(context: RunContext): void {
    if (this.#state === 'closed') return;
    this.#context = context;
    this.#state = 'served';
    this.#pump();
  }

  #pump(): void {
    for (const entry of this.#waiting) {
      if (this.#state !== 'served' || this.#inFlight >= this.#settings.maxInFlight) return;
      this.#waiting.delete(entry);
      this.#inFlight += 1;
      const settling = this.#handle(entry);
      // Synchronous handlers handle any number of messages in one turn.
      if (settling === undefined) this.#inFlight -= 1;
      else void settling.then(() => this.#settled());
    }
    this.#look();
  }

  #settled(): void {
    this.#inFlight -= 1;
    this.#pump();
  }

  /** Never throws. Returns a promise if there is something to wait for; the promise never rejects. */
  #handle(entry: Entry<TMessage>): Promise<unknown> | undefined {
    const { message, settlement, redeliveries } = entry;
    if (redeliveries > (this.#settings.maxRedeliveries ?? Infinity)) {
      const error = new PoisonMessageError(redeliveries);
      this.#onError(error, message);
      return this.#deadLetter(entry, error);
    }
    let result: unknown;
    try {
      const { epoch, signal } = this.#context as RunContext;
      result = this.#settings.onMessage(message, { epoch, signal, redeliveries });
    } catch (error) {
      return this.#reject(error, entry);
    }
    if (!isThenable(result)) return this.#settle(() => settlement.done?.());
    return Promise.resolve(result).then(
      () => this.#settle(() => settlement.done?.()),
      (error: unknown) => this.#reject(error, entry),
    );
  }

  #reject(error: unknown, entry: Entry<TMessage>): Promise<unknown> | undefined {
    const { message, settlement, redeliveries } = entry;
    const { onMessageError, maxRedeliveries } = this.#settings;
    this.#onError(error, message);
    const isFatal = isFatalError(error);
    if (isFatal || onMessageError === 'end') this.#end(error, message);
    if (!isFatal && redeliveries >= (maxRedeliveries ?? Infinity)) {
      return this.#deadLetter(entry, error);
    }
    if (maxRedeliveries === undefined || settlement.failed) {
      return this.#settle(() => settlement.failed?.(error));
    }
    this.#delay(entry);
    return undefined;
  }

  /**
   * Ends the session, which then reports the error.
   *
   * @param late receives the error if the session has ended before, and there is no `onLateError`
   */
  #end(error: unknown, message: TMessage, late?: InboxSettings<TMessage>['onError']): void {
    if (this.#state === 'closed') (this.#settings.onLateError ?? late)?.(error, message);
    this.fail(error);
  }

  /** Delivers the message again later, or returns it when the session has ended. */
  #delay({ message, settlement, redeliveries }: Entry<TMessage>): void {
    const entry = { message, settlement, redeliveries: redeliveries + 1 };
    if (this.#state === 'closed') return this.#giveBack(entry);
    const again = () => {
      this.#delayed.delete(entry);
      this.#waiting.add(entry);
      this.#pump();
    };
    const { clock, redeliveryDelayMs } = this.#settings as RedeliverySettings<TMessage>;
    const timer = clock.setTimeout(again, redeliveryDelayMs);
    this.#delayed.set(entry, () => clock.clearTimeout(timer));
  }

  /** Calls `onDeadLetter`. An error of that ends the session: the message was not put aside, and is returned. */
  async #deadLetter({ message, settlement }: Entry<TMessage>, error: unknown): Promise<void> {
    try {
      await this.#settings.onDeadLetter?.(message, error);
    } catch (failure) {
      this.#end(failure, message, this.#onError);
      await this.#settle(() => settlement.returned?.());
      return;
    }
    await this.#settle(() => settlement.deadLettered?.(error));
  }

  #giveBack({ settlement }: Entry<TMessage>): void {
    void this.#settle(() => settlement.returned?.());
  }

  /** Informs the server. If that fails, the session is useless. */
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
