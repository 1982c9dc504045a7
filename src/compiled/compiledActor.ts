// Consumers whose `lib` has no `Symbol.asyncDispose` get it from here: an actor has the method.
/// <reference lib="esnext.disposable" preserve="true" />
import type { ActorRef, Observer, Subscription } from 'xstate';
import type { ReconnectCommand, ReconnectEmitted, ReconnectOutput } from '../machine/vocabulary.js';
import type { OpenedOptions } from '../machine/whenOpened.js';
import type { Clock } from '../core/clock.js';
import type { CompiledSnapshot } from './snapshot.js';

/** An actor of the compiled engine; XState's helpers accept it. */
export interface CompiledActor<TOutput = unknown, TConnection = unknown>
  extends ActorRef<CompiledSnapshot<TOutput>, ReconnectCommand, ReconnectEmitted>, AsyncDisposable {
  /** The timers it was created with. */
  readonly clock: Clock;
  /** The actor itself, as XState has it. */
  readonly ref: this;
  /** Starts the actor; does nothing if it has already started. */
  start(): this;
  /**
   * Sends a command: `stop`, `reconnect`, `suspend`, `resume` or `probe`; a command that has no effect in the current
   * state is ignored.
   */
  send(event: ReconnectCommand): void;
  /** The current state of the link: check it with `hasTag`. */
  getSnapshot(): CompiledSnapshot<TOutput>;
  /** Calls `handler` with each event of this type, `*` for all. Errors that it throws go to the `logger`. */
  on<TType extends ReconnectEmitted['type'] | '*'>(
    type: TType,
    handler: (emitted: ReconnectEmitted & (TType extends '*' ? unknown : { type: TType })) => void,
  ): Subscription;
  /** Reports each change of the snapshot, and the end of the actor. Errors of a listener go to the `logger`. */
  subscribe(observer: Observer<CompiledSnapshot<TOutput>>): Subscription;
  /** Calls `next` with each changed snapshot, `complete` at the end. Errors of a listener go to the `logger`. */
  subscribe(
    next: (snapshot: CompiledSnapshot<TOutput>) => void,
    error?: (error: unknown) => void,
    complete?: () => void,
  ): Subscription;
  /**
   * The connection while the link is `online`: from `connection.opened` until it is lost, `run` settles or a command
   * ends the session. Undefined otherwise, so do not store it.
   */
  readonly connection: TConnection | undefined;
  /**
   * Resolves to the current connection, or to the next one. It may already be lost when your code continues.
   *
   * @throws LinkEndedError when the link ends without another connection, or has ended; throws the reason of
   * `options.signal`, once that is aborted
   */
  opened(options?: OpenedOptions): Promise<TConnection>;
  /**
   * Resolves to the output when the link has ended, also after a failure; never rejects. After `stop()` the output is
   * `{ status: 'stopped' }`.
   */
  ended(): Promise<ReconnectOutput<TOutput>>;
  /**
   * Stops the link and waits until it has ended. `run` is aborted and then the connection is released; each may take up
   * to `gracePeriodMs`. Never rejects. Do not await it inside `run`, because it waits for `run`.
   *
   * @param reason becomes part of the output and of the abort reason of `run`'s signal
   */
  close(reason?: unknown): Promise<ReconnectOutput<TOutput>>;
  /** `close()`, for `await using`. */
  [Symbol.asyncDispose](): Promise<void>;
  /**
   * Stops the actor at once, like XState's `stop`: it emits no event, and does not wait for the release of the
   * connection. Its snapshot gets no `output`; `ended()` resolves to `{ status: 'stopped' }`. For an orderly end use
   * `close()`, or send `{ type: 'stop' }`.
   */
  stop(): this;
  /** A part of the snapshot, with notification of its changes. */
  select<T>(
    selector: (snapshot: CompiledSnapshot<TOutput>) => T,
    isEqual?: (a: T, b: T) => boolean,
  ): Selection<T>;
}

/** A part of a snapshot, with notification of its changes. */
export interface Selection<T> {
  /** The value now. */
  get(): T;
  /** Reports each new value until `unsubscribe()` is called. */
  subscribe(observer: ((value: T) => void) | { next?: (value: T) => void }): {
    unsubscribe(): void;
  };
}
