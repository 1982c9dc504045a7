// Consumers whose `lib` has no `Symbol.asyncDispose` get it from here: an actor has the method.
/// <reference lib="esnext.disposable" preserve="true" />
import type { ActorRef, Observer, Subscription } from 'xstate';
import type { ReconnectCommand, ReconnectEmitted, ReconnectOutput } from '../machine/vocabulary.js';
import type { OpenedOptions } from '../machine/whenOpened.js';
import type { Clock } from '../core/clock.js';
import type { CompiledSnapshot } from './snapshot.js';

/** An actor of the compiled engine; XState's helpers take it for one of theirs. */
export interface CompiledActor<TOutput = unknown, TConnection = unknown>
  extends ActorRef<CompiledSnapshot<TOutput>, ReconnectCommand, ReconnectEmitted>, AsyncDisposable {
  /** The timers it was created with. */
  readonly clock: Clock;
  /** The actor itself, as XState has it. */
  readonly ref: this;
  /** Begins; an actor that has begun is not started again. */
  start(): this;
  /** Sends a command: `stop`, `reconnect`, `suspend`, `resume` or `probe`; one that means nothing now is ignored. */
  send(event: ReconnectCommand): void;
  /** The state of the link now; ask it by `hasTag`. */
  getSnapshot(): CompiledSnapshot<TOutput>;
  /** Calls `handler` with each event of this type, `*` for all. What it throws goes to the `logger`. */
  on<TType extends ReconnectEmitted['type'] | '*'>(
    type: TType,
    handler: (emitted: ReconnectEmitted & (TType extends '*' ? unknown : { type: TType })) => void,
  ): Subscription;
  /** Reports each change of the snapshot, and the end of the actor. What a listener throws goes to the `logger`. */
  subscribe(observer: Observer<CompiledSnapshot<TOutput>>): Subscription;
  /** Calls `next` with each changed snapshot, `complete` at the end. What a listener throws goes to the `logger`. */
  subscribe(
    next: (snapshot: CompiledSnapshot<TOutput>) => void,
    error?: (error: unknown) => void,
    complete?: () => void,
  ): Subscription;
  /**
   * The connection while the link is `online`: from `connection.opened` until it is lost, `run` settles or a command
   * ends the session. Undefined otherwise; do not keep it.
   */
  readonly connection: TConnection | undefined;
  /**
   * Resolves to the live connection, or to the next one. It may be lost by the time your code goes on.
   *
   * @throws LinkEndedError when the link ends, or has ended, without another connection; the reason of the signal
   */
  opened(options?: OpenedOptions): Promise<TConnection>;
  /** Resolves to how the link ends, to `failed` too; never rejects. After `stop()` that is `{ status: 'stopped' }`. */
  ended(): Promise<ReconnectOutput<TOutput>>;
  /**
   * Stops the link and waits for its end: `run` is told to end and the connection released, each for at most
   * `gracePeriodMs`. Never rejects. Not to be awaited in `run`, which it waits for.
   *
   * @param reason goes into the output and into the reason of `run`'s signal
   */
  close(reason?: unknown): Promise<ReconnectOutput<TOutput>>;
  /** `close()`, for `await using`. */
  [Symbol.asyncDispose](): Promise<void>;
  /**
   * Halts the actor, as XState's `stop` does: at once, without an event or an output, and the release of the connection
   * is not waited for. To end a link in order use `close()`, or send `{ type: 'stop' }`.
   */
  stop(): this;
  /** A part of the snapshot, told when it changes. */
  select<T>(
    selector: (snapshot: CompiledSnapshot<TOutput>) => T,
    isEqual?: (a: T, b: T) => boolean,
  ): Selection<T>;
}

/** A part of a snapshot. */
export interface Selection<T> {
  /** The value now. */
  get(): T;
  /** Reports each new value until `unsubscribe()` is called. */
  subscribe(observer: ((value: T) => void) | { next?: (value: T) => void }): {
    unsubscribe(): void;
  };
}
