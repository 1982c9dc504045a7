import type { Clock } from '../core/clock.js';
import { guarded } from '../core/guarded.js';
import { Redacted } from '../core/redacted.js';
import { type LinkTap, tap } from '../core/tap.js';
import type { MachineEvent, ReconnectInput } from '../machine/context.js';
import { finalOutput } from '../machine/output.js';
import type { ReconnectCommand, ReconnectEmitted, ReconnectOutput } from '../machine/vocabulary.js';
import { copyOf } from './copyOf.js';
import { Link } from './link.js';
import { LinkSnapshot, type Outcome, type PersistedSnapshot } from './snapshot.js';
import { begin } from './steps.generated.js';
import { systemClock } from './systemClock.js';

/** The actor's options, besides those of the machine. */
export interface ActorOptions {
  /** Sets the timers; a test passes `virtualClock()`. Default: the global `setTimeout` and `clearTimeout`. */
  readonly clock?: Clock | undefined;
  /** Receives errors that nothing else handles. Default: `console.log`. */
  readonly logger?: ((...args: unknown[]) => void) | undefined;
  /** Default: an id that is unique among actors of this kind. */
  readonly id?: string | undefined;
}

interface Observer {
  readonly next?: ((snapshot: LinkSnapshot) => void) | undefined;
  readonly error?: ((error: unknown) => void) | undefined;
  readonly complete?: (() => void) | undefined;
}

type Listener = (event: ReconnectEmitted) => void;

export interface Subscription {
  unsubscribe(): void;
}

type Phase = 'new' | 'starting' | 'idle' | 'busy' | 'over';

/** Fields that few actors need: listeners, the queue of waiting events, snapshots that were read. */
class Rare {
  queue: MachineEvent[] | undefined = undefined;
  observers: Set<Observer> | undefined = undefined;
  listeners: Map<string, Set<Listener>> | undefined = undefined;
  snapshot: LinkSnapshot | undefined = undefined;
  id: string | undefined = undefined;
  tap: LinkTap | undefined = undefined;
  send: ((command: ReconnectCommand) => void) | undefined = undefined;
  /** Set when the actor has ended with an error. */
  failure: { readonly error: unknown } | undefined = undefined;
  isHalted = false;
}

const NO_OPTIONS = {};
const NO_SYSTEM = Object.freeze({ get: () => undefined, getAll: () => ({}) });
const STOP: MachineEvent = { type: 'xstate.stop' };
const INIT: MachineEvent = { type: 'xstate.init' };

let lastId = 0;

/** The symbol that RxJS looks for; the first library that needs it creates it. */
const observable: unique symbol = ((Symbol as { readonly observable?: symbol }).observable ??
  '@@observable') as never;

/** An actor that runs the steps. Its mailbox, listeners and observers behave like those of XState's actor. */
export class LinkActor extends Link {
  #phase: Phase = 'new';
  // Most actors are created without options.
  readonly #options: Pick<ActorOptions, 'clock' | 'logger'> = NO_OPTIONS;
  #rare: Rare | undefined = undefined;
  #begin: (() => void) | undefined;

  /** @throws InvalidOptionError when an option is missing, unknown or out of bounds */
  constructor(input: ReconnectInput, options: ActorOptions, name = options.id) {
    super(input);
    const { clock, logger, id } = options;
    if (clock !== undefined || logger !== undefined) this.#options = { clock, logger };
    if (id !== undefined) this.#makeRare().id = id;
    const heard = tap()?.link(this, Redacted.value(this.settings), name);
    if (heard) this.tap = heard;
    this.#begin = begin(this, { context: this, event: INIT });
  }

  /** Starts the actor; does nothing if it has already started. */
  start(): this {
    const act = this.#begin;
    if (act === undefined) return this;
    this.#begin = undefined;
    this.#phase = 'starting';
    try {
      act();
    } catch (error) {
      this.#fail(error);
      return this;
    }
    this.#notify();
    if (this.leaf.isFinal) {
      this.#complete();
    } else {
      this.#phase = 'busy';
      this.#work();
    }
    return this;
  }

  /** Bound, so that it can be passed as a function. */
  get send(): (command: ReconnectCommand) => void {
    return (this.#makeRare().send ??= (command) => this.hear(command));
  }

  /** Lets a test replace it with a spy. */
  set send(send: (command: ReconnectCommand) => void) {
    this.#makeRare().send = send;
  }

  /** Receives all events besides the listeners, and is notified when the actor is stopped. */
  set tap(heard: LinkTap) {
    this.#makeRare().tap = heard;
  }

  /** The method that XState's `sendTo` calls. */
  _send(event: MachineEvent): void {
    this.hear(event);
  }

  /** Ends the actor at once: running work is aborted, and the connection is released. */
  stop(): this {
    if (this.#phase === 'over') return this;
    const queue = this.#rare?.queue;
    // Until the mailbox is open, the first event that arrived counts as the current one, as in XState.
    const isClosed = this.#phase === 'new' || this.#phase === 'starting';
    if (queue !== undefined) queue.length = isClosed ? Math.min(queue.length, 1) : 0;
    if (this.#phase === 'new') this.#phase = 'over';
    else this.hear(STOP);
    return this;
  }

  /** Returns the same object until something changes. */
  getSnapshot(): LinkSnapshot {
    const rare = this.#makeRare();
    return (rare.snapshot ??= new LinkSnapshot(this.leaf, copyOf(this), this.#outcome));
  }

  getPersistedSnapshot(): PersistedSnapshot {
    return this.getSnapshot().persisted;
  }

  get #outcome(): Outcome<ReconnectOutput> {
    const { failure, isHalted = false } = this.#rare ?? {};
    if (failure !== undefined) return { status: 'error', output: undefined, error: failure.error };
    if (this.leaf.isFinal) return { status: 'done', output: finalOutput(this), error: undefined };
    return { status: isHalted ? 'stopped' : 'active', output: undefined, error: undefined };
  }

  subscribe(
    first?: Observer | ((snapshot: LinkSnapshot) => void),
    error?: (error: unknown) => void,
    complete?: () => void,
  ): Subscription {
    const given = typeof first === 'object' ? first : { next: first, error, complete };
    const observer: Observer = {
      next: given.next && guarded(given.next.bind(given), this.logger),
      error: given.error && guarded(given.error.bind(given), this.logger),
      complete: given.complete && guarded(given.complete.bind(given), this.logger),
    };
    const { status, error: failure } = this.#outcome;
    if (this.#phase !== 'over') (this.#makeRare().observers ??= new Set()).add(observer);
    else if (status === 'done') observer.complete?.();
    else if (status === 'error') (observer.error ?? throwLater)(failure);
    return { unsubscribe: () => void this.#rare?.observers?.delete(observer) };
  }

  on(type: string, handler: Listener): Subscription {
    const all = (this.#makeRare().listeners ??= new Map<string, Set<Listener>>());
    const listeners = all.get(type) ?? new Set();
    all.set(type, listeners);
    const listener = guarded(handler, this.logger);
    listeners.add(listener);
    return { unsubscribe: () => void listeners.delete(listener) };
  }

  /** A part of the snapshot, with notification of its changes. */
  select<T>(
    selector: (snapshot: LinkSnapshot) => T,
    isEqual: (a: T, b: T) => boolean = Object.is,
  ): object {
    return {
      get: () => selector(this.getSnapshot()),
      subscribe: (first: { next?(value: T): void } | ((value: T) => void)) => {
        const observer = typeof first === 'object' ? first : { next: first };
        let latest = selector(this.getSnapshot());
        return this.subscribe((snapshot) => {
          const value = selector(snapshot);
          if (isEqual(latest, value)) return;
          latest = value;
          observer.next?.(value);
        });
      },
    };
  }

  get id(): string {
    return (this.#makeRare().id ??= `link:${lastId++}`);
  }

  get sessionId(): string {
    return this.id;
  }

  /** XState and its helpers recognise an actor by this property. */
  get ref(): this {
    return this;
  }

  /** The actor is in no system: lookups find nothing. */
  get system(): object {
    return NO_SYSTEM;
  }

  get src(): string {
    return 'reconnect';
  }

  override get clock(): Clock {
    return this.#options.clock ?? systemClock;
  }

  override get logger(): (...args: unknown[]) => void {
    return this.#options.logger ?? console.log;
  }

  [observable](): this {
    return this;
  }

  toJSON(): object {
    return { xstate$$type: 1, id: this.id };
  }

  // The mailbox.

  override hear(event: MachineEvent): void {
    if (this.#phase === 'idle') {
      this.#phase = 'busy';
      this.#process(event);
      this.#work();
    } else if (this.#phase !== 'over') {
      (this.#makeRare().queue ??= []).push(event);
    }
  }

  /** Takes the waiting events one by one. */
  #work(): void {
    while (this.#phase === 'busy') {
      const event = this.#rare?.queue?.shift();
      if (event === undefined) this.#phase = 'idle';
      else this.#process(event);
    }
  }

  #process(event: MachineEvent): void {
    if (event === STOP) return this.#halt();
    try {
      // Plain JavaScript may send anything.
      const step = this.leaf.steps.get(event.type);
      if (step !== undefined) step(this, { context: this, event });
      // A child threw unexpectedly.
      else if (event.type.startsWith('xstate.error.actor')) return this.#crash(event.error);
    } catch (error) {
      return this.#fail(error);
    }
    this.#notify();
    if (this.leaf.isFinal) this.#complete();
  }

  // Operations that steps call.

  protected override forgetSnapshot(): void {
    if (this.#rare !== undefined) this.#rare.snapshot = undefined;
  }

  protected override get isHeard(): boolean {
    const rare = this.#rare;
    return rare?.listeners !== undefined || rare?.tap?.isOn === true;
  }

  protected override emit(event: ReconnectEmitted): void {
    const rare = this.#rare;
    rare?.tap?.told(event);
    const all = rare?.listeners;
    for (const listener of [...(all?.get(event.type) ?? []), ...(all?.get('*') ?? [])]) {
      listener(event);
    }
  }

  #notify(): void {
    const observers = this.#rare?.observers;
    if (observers === undefined || observers.size === 0) return;
    const snapshot = this.getSnapshot();
    for (const { next } of observers) next?.(snapshot);
  }

  // Ends.

  /** Lets a subclass handle the end too; returns true if it handles the error. */
  protected over(): boolean {
    return false;
  }

  #complete(): void {
    this.#close();
    for (const { complete } of this.#rare?.observers ?? []) complete?.();
    this.#forgetListeners();
    this.over();
  }

  #halt(): void {
    const rare = this.#makeRare();
    rare.isHalted = true;
    rare.tap?.halted();
    this.forgetSnapshot();
    this.stopChild();
    this.#complete();
  }

  #crash(error: unknown): void {
    this.stopChild();
    this.#fail(error);
  }

  #fail(error: unknown): void {
    const rare = this.#makeRare();
    rare.failure = { error };
    rare.tap?.halted();
    this.forgetSnapshot();
    this.#close();
    const observers = rare.observers ?? new Set();
    let isTaken = observers.size > 0;
    for (const observer of observers) {
      if (observer.error === undefined) isTaken = false;
      observer.error?.(error);
    }
    this.#forgetListeners();
    if (!this.over() && !isTaken) throwLater(error);
  }

  #close(): void {
    this.clearTimer();
    if (this.#rare !== undefined) this.#rare.queue = undefined;
    this.#phase = 'over';
  }

  #forgetListeners(): void {
    if (this.#rare === undefined) return;
    this.#rare.observers = undefined;
    this.#rare.listeners = undefined;
  }

  #makeRare(): Rare {
    return (this.#rare ??= new Rare());
  }
}

/** An error that nothing handles ends the process, as in XState. */
function throwLater(error: unknown): void {
  systemClock.setTimeout(() => {
    throw error;
  }, 0);
}
