import { nextTurn } from '../core/nextTurn.js';
import { AckTimeoutError } from './errors.js';
import type { Item } from './itemList.js';
import type { OutboxSettings } from './options.js';

/** The outbox, as seen by a delivery. */
export interface Ledger<TMessage> {
  readonly first: Item<TMessage> | undefined;
  sent(item: Item<TMessage>): void;
  /** Removes an item from the outbox; does nothing if it has already left. */
  leave(item: Item<TMessage>, why: 'acknowledged' | 'setAside'): void;
}

/** The delivery of messages over one connection, from the first that is not acknowledged. */
export class Delivery<TMessage, TConnection> {
  isOver = false;
  inFlight = 0;
  /** Resolves when the delivery was ended; rejects with the error that ends the session. */
  readonly ended: Promise<void>;
  readonly #connection: TConnection;
  readonly #signal: AbortSignal;
  readonly #settings: OutboxSettings<TMessage, TConnection>;
  readonly #ledger: Ledger<TMessage>;
  /** The next message to send; undefined after the last. */
  #next: Item<TMessage> | undefined;
  #isSending = false;
  /** Boxed, because a clock may use any value as a timer. */
  #timer: { readonly id: unknown } | undefined;
  #settle!: { resolve: () => void; reject: (error: unknown) => void };

  constructor(
    connection: TConnection,
    signal: AbortSignal,
    settings: OutboxSettings<TMessage, TConnection>,
    ledger: Ledger<TMessage>,
  ) {
    this.#connection = connection;
    this.#signal = signal;
    this.#settings = settings;
    this.#ledger = ledger;
    this.ended = new Promise((resolve, reject) => (this.#settle = { resolve, reject }));
    for (let item = ledger.first; item !== undefined; item = item.after) item.isInFlight = false;
    this.#next = ledger.first;
  }

  /** A message was added at the end. */
  added(item: Item<TMessage>): void {
    this.#next ??= item;
  }

  /** A message has left the outbox: acknowledged, dropped or set aside. */
  removed(item: Item<TMessage>): void {
    if (this.#next === item) this.#next = item.after;
    if (item.isInFlight) this.inFlight -= 1;
    this.pump();
  }

  /** The peer has acknowledged a message, held or not: the timeout starts again. */
  heard(): void {
    this.#stopTimer();
    this.#watch();
  }

  /** Sends the next message, if there is one and it may be sent now. */
  pump(): void {
    const item = this.#next;
    const isFree = !this.isOver && !this.#isSending && this.inFlight < this.#settings.window;
    if (isFree && item?.isStored) this.#send(item);
  }

  end(failure?: { readonly error: unknown }): void {
    if (this.isOver) return;
    this.isOver = true;
    this.#stopTimer();
    if (failure === undefined) this.#settle.resolve();
    else this.#settle.reject(failure.error);
  }

  #send(item: Item<TMessage>): void {
    this.#next = item.after;
    this.#isSending = true;
    item.isInFlight = true;
    item.attempts += 1;
    this.inFlight += 1;
    this.#watch();
    this.#ledger.sent(item);
    const context = { key: item.key, attempt: item.attempts, signal: this.#signal };
    new Promise((resolve) => {
      resolve(this.#settings.send(this.#connection, item.message, context));
    }).then(
      () => this.#settled(() => this.#succeeded(item)),
      (error: unknown) => this.#settled(() => this.#failed(item, error)),
    );
  }

  /** The result of `send` no longer counts after the end: the message is sent again in the next session. */
  #settled(next: () => void): void {
    if (this.isOver) return;
    this.#isSending = false;
    next();
    if (!this.#isDue) this.#stopTimer();
    this.pump();
  }

  #succeeded(item: Item<TMessage>): void {
    if (this.#settings.ack !== 'send') return;
    this.#ledger.leave(item, 'acknowledged');
    this.heard();
  }

  #failed(item: Item<TMessage>, error: unknown): void {
    const { message, key, attempts } = item;
    try {
      const answer = this.#settings.onSendError(error, { message, key, attempt: attempts });
      if (answer === 'skip') this.#ledger.leave(item, 'setAside');
      else this.end({ error });
    } catch (broken) {
      this.end({ error: broken });
    }
  }

  get #isDue(): boolean {
    return !this.isOver && (this.#isSending || this.inFlight > 0);
  }

  /**
   * Starts the acknowledgement timer. A dropped message does not stop it: otherwise a silent peer would not be
   * detected.
   */
  #watch(): void {
    const { ackTimeoutMs, clock } = this.#settings;
    if (this.#timer !== undefined || !this.#isDue || ackTimeoutMs === Infinity) return;
    const timer = {
      id: clock.setTimeout(() => {
        // Data that arrived while the process was blocked is handled first.
        nextTurn(() => {
          if (this.#timer === timer) this.#expire(ackTimeoutMs);
        });
      }, ackTimeoutMs),
    };
    this.#timer = timer;
  }

  #expire(timeoutMs: number): void {
    this.#timer = undefined;
    if (this.#isDue) this.end({ error: new AckTimeoutError(timeoutMs) });
  }

  #stopTimer(): void {
    if (this.#timer !== undefined) this.#settings.clock.clearTimeout(this.#timer.id);
    this.#timer = undefined;
  }
}
