// Why: docs/decisions/0082-at-least-once.md
import { untilAborted } from '../core/untilAborted.js';
import { checkObject } from '../core/check.js';
import { InvalidOptionError } from '../core/errors.js';
import { signalOf } from '../core/signalOf.js';
import { whenAborted } from '../core/whenAborted.js';
import type { Added, Outbox, OutboxStats, ServeRun } from './contract.js';
import { Delivery } from './delivery.js';
import { OutboxBusyError, OutboxClosedError, OutboxFullError } from './errors.js';
import { type Item, ItemList } from './itemList.js';
import { type OutboxOptions, type OutboxSettings, resolveSettings } from './options.js';
import { serveBeside } from './serveBeside.js';
import type { OutboxItem } from './store.js';
import { StoreWriter } from './storeWriter.js';
import { Waits } from './waits.js';

/**
 * Creates an outbox: it keeps messages, in order, until they are acknowledged. Each session sends those that are not
 * acknowledged yet, so each is delivered at least once.
 *
 * @throws InvalidOptionError when an option is missing, unknown or out of bounds
 */
export function outbox<TMessage, TConnection>(
  options: OutboxOptions<TMessage, TConnection>,
): Outbox<TMessage, TConnection> {
  return new Box(resolveSettings(options));
}

/** A measured message; it gets a key if it has none. */
interface Entry<TMessage> {
  readonly message: TMessage;
  readonly bytes: number;
  readonly key: string | undefined;
}

class Box<TMessage, TConnection> implements Outbox<TMessage, TConnection> {
  readonly #settings: OutboxSettings<TMessage, TConnection>;
  readonly #writer: StoreWriter<TMessage>;
  readonly #items = new ItemList<TMessage>();
  /** Calls of `add` that wait for room. */
  readonly #rooms = new Waits<Entry<TMessage>, Added<TMessage>>();
  readonly #drains = new Waits<undefined, void>();
  readonly #counts = {
    added: 0,
    duplicates: 0,
    dropped: 0,
    rejected: 0,
    sent: 0,
    resent: 0,
    acknowledged: 0,
    setAside: 0,
  };
  #seq = 0;
  #prefix = '';
  #loading: Promise<void> | undefined;
  #closing: Promise<void> | undefined;
  #delivery: Delivery<TMessage, TConnection> | undefined;

  constructor(settings: OutboxSettings<TMessage, TConnection>) {
    this.#settings = settings;
    const { store, storeTimeoutMs, clock } = settings;
    this.#writer = new StoreWriter(store, storeTimeoutMs, clock);
  }

  add(
    message: TMessage,
    options: { readonly signal?: AbortSignal } = {},
  ): Promise<Added<TMessage>> {
    return quiet(this.#add(this.#measure(message), signalOf(options)));
  }

  ack(key: string | number): boolean {
    const item = this.#items.get(String(key));
    this.#delivery?.heard();
    // A closed store receives no more calls.
    if (item === undefined || this.#closing) return false;
    if (this.#settings.ack === 'cumulative') {
      for (let { first } = this.#items; first && first.seq < item.seq; { first } = this.#items) {
        this.#leave(first, 'acknowledged');
      }
    }
    return this.#leave(item, 'acknowledged');
  }

  serve<TOutput = never>(run?: ServeRun<TConnection, TOutput>): ServeRun<TConnection, TOutput> {
    return serveBeside((connection, signal) => this.deliver(connection, { signal }), run);
  }

  deliver(connection: TConnection, options: { readonly signal: AbortSignal }): Promise<void> {
    return this.#deliver(connection, checkObject('signal', signalOf(options) as AbortSignal));
  }

  drained(options: { readonly signal?: AbortSignal } = {}): Promise<void> {
    const signal = signalOf(options);
    return quiet(unlessAborted(this.#drained(signal), signal));
  }

  ready(): Promise<void> {
    this.#loading ??= this.#load().catch((error: unknown) => {
      this.#loading = undefined;
      throw error;
    });
    return quiet(this.#loading);
  }

  stats(): OutboxStats {
    return {
      items: this.#items.size,
      bytes: this.#items.bytes,
      inFlight: this.#delivery?.isOver === false ? this.#delivery.inFlight : 0,
      waiting: this.#rooms.size,
      ...this.#counts,
      storeFailures: this.#writer.failures,
    };
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return quiet(this.#closing);
  }

  async #load(): Promise<void> {
    if (this.#closing) throw new OutboxClosedError();
    const loaded = await this.#writer.load();
    const sizes = loaded.map(({ message }) => this.#sizeOf(message));
    for (const [i, item] of loaded.entries()) {
      this.#push(item, sizes[i] as number, Promise.resolve()).isStored = true;
      this.#seq = item.seq;
    }
  }

  async #close(): Promise<void> {
    this.#delivery?.end();
    this.#rooms.rejectAll(new OutboxClosedError());
    this.#drains.rejectAll(new OutboxClosedError());
    // A store that is still loading receives no other call.
    await this.#loading?.catch(() => {});
    await this.#writer.close();
  }

  async #deliver(connection: TConnection, signal: AbortSignal): Promise<void> {
    if (this.#closing) return;
    await unlessAborted(this.ready(), signal).catch((error: unknown) => {
      if (!signal.aborted && !this.#closing) throw error;
    });
    if (signal.aborted || this.#closing) return;
    if (this.#delivery?.isOver === false) throw new OutboxBusyError();
    const delivery = new Delivery(connection, signal, this.#settings, {
      first: this.#items.first,
      sent: ({ attempts }) => {
        this.#counts.sent += 1;
        if (attempts > 1) this.#counts.resent += 1;
      },
      leave: (item, why) => this.#leave(item, why),
    });
    this.#delivery = delivery;
    const forget = whenAborted({ signal }, () => delivery.end());
    delivery.pump();
    await delivery.ended.finally(() => {
      forget();
      if (this.#delivery === delivery) this.#delivery = undefined;
    });
  }

  async #drained(signal: AbortSignal | undefined): Promise<void> {
    await this.ready();
    if (!this.#isDrained) {
      if (this.#closing) throw new OutboxClosedError();
      await this.#drains.join(undefined, signal);
    }
    await this.#writer.flush();
  }

  get #isDrained(): boolean {
    return this.#items.size + this.#rooms.size === 0;
  }

  #measure(message: TMessage): Entry<TMessage> {
    const { maxBytes, key } = this.#settings;
    const bytes = this.#sizeOf(message);
    if (bytes > maxBytes) {
      throw new InvalidOptionError('message', `at most ${maxBytes} bytes (\`maxBytes\`)`, bytes);
    }
    const name = key?.(message);
    if (key === undefined || typeof name === 'string') return { message, bytes, key: name };
    throw new InvalidOptionError('key', 'a function that returns a string', name);
  }

  #sizeOf(message: TMessage): number {
    const bytes = this.#settings.sizeOf(message);
    if (bytes >= 0) return bytes;
    throw new InvalidOptionError('sizeOf', 'a function that returns a number >= 0', bytes);
  }

  async #add(entry: Entry<TMessage>, signal: AbortSignal | undefined): Promise<Added<TMessage>> {
    if (this.#closing) throw new OutboxClosedError();
    await unlessAborted(this.ready(), signal);
    if (this.#closing) throw new OutboxClosedError();
    const { key = '' } = entry;
    if (this.#items.get(key) || (this.#rooms.size === 0 && this.#fits(entry))) {
      return this.#take(entry);
    }
    switch (this.#settings.onFull) {
      case 'wait':
        return this.#rooms.join(entry, signal);
      case 'drop-oldest':
        return this.#take(entry, this.#makeRoom(entry));
      case 'drop-newest':
        this.#counts.dropped += 1;
        return { status: 'dropped', key, displaced: [] };
      default:
        this.#counts.rejected += 1;
        throw new OutboxFullError(this.#items.size, this.#items.bytes);
    }
  }

  #fits({ bytes }: Entry<TMessage>): boolean {
    const { maxItems, maxBytes } = this.#settings;
    return this.#items.size < maxItems && this.#items.bytes + bytes <= maxBytes;
  }

  #makeRoom(entry: Entry<TMessage>): TMessage[] {
    const displaced: TMessage[] = [];
    while (!this.#fits(entry)) {
      const first = this.#items.first as Item<TMessage>;
      displaced.push(first.message);
      this.#leave(first, 'dropped');
    }
    return displaced;
  }

  async #take(
    { message, bytes, key }: Entry<TMessage>,
    displaced: readonly TMessage[] = [],
  ): Promise<Added<TMessage>> {
    const held = key === undefined ? undefined : this.#items.get(key);
    if (held !== undefined) {
      this.#counts.duplicates += 1;
      await held.stored;
      return { status: 'duplicate', key: held.key, displaced };
    }
    const seq = ++this.#seq;
    const kept = { seq, key: key ?? this.#nameOf(seq), message };
    const item = this.#push(kept, bytes, this.#writer.append(kept));
    try {
      await item.stored;
    } catch (error) {
      // The store was asked to remove it.
      if (this.#items.remove(item)) this.#left(item);
      throw error;
    }
    item.isStored = true;
    this.#counts.added += 1;
    this.#delivery?.pump();
    return { status: 'added', key: item.key, displaced };
  }

  #push(item: OutboxItem<TMessage>, bytes: number, stored: Promise<void>): Item<TMessage> {
    const pushed: Item<TMessage> = {
      ...item,
      bytes,
      stored,
      isStored: false,
      attempts: 0,
      isInFlight: false,
      before: undefined,
      after: undefined,
    };
    this.#items.push(pushed);
    this.#delivery?.added(pushed);
    return pushed;
  }

  /** Returns a key that no other process uses, so that a peer can distinguish messages. */
  #nameOf(seq: number): string {
    if (this.#prefix === '') {
      const [high = 0, low = 0] = crypto.getRandomValues(new Uint32Array(2));
      this.#prefix = high.toString(36) + low.toString(36);
    }
    return `${this.#prefix}-${seq}`;
  }

  #leave(item: Item<TMessage>, why: 'acknowledged' | 'dropped' | 'setAside'): boolean {
    if (!this.#items.remove(item)) return false;
    this.#counts[why] += 1;
    this.#writer.remove(item.seq);
    this.#left(item);
    return true;
  }

  #left(item: Item<TMessage>): void {
    this.#delivery?.removed(item);
    for (let { first } = this.#rooms; first && this.#fits(first.value); { first } = this.#rooms) {
      first.resolve(this.#take(first.value));
    }
    if (this.#isDrained) this.#drains.resolveAll();
  }
}

/** Settles like the promise, or rejects with the reason as soon as the signal, if there is one, is aborted. */
function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  return signal === undefined ? promise : untilAborted(promise, { signal });
}

/** Marks a promise as handled, so that it causes no unhandled rejection. */
function quiet<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {});
  return promise;
}
