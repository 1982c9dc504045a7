import type { ActorRef } from 'xstate';
import type { ReconnectCommand, ReconnectEmitted } from '../machine/vocabulary.js';
import type { Clock } from '../core/clock.js';
import type { CompiledSnapshot } from './snapshot.js';

/** An actor of the compiled engine; XState's helpers take it for one of theirs. */
export interface CompiledActor<TOutput = unknown> extends ActorRef<
  CompiledSnapshot<TOutput>,
  ReconnectCommand,
  ReconnectEmitted
> {
  readonly clock: Clock;
  readonly ref: this;
  /** Begins; an actor that has begun is not started again. */
  start(): this;
  /** Ends it at once: what is under way is aborted, and the connection released. */
  stop(): this;
  /** A part of the snapshot, told when it changes. */
  select<T>(
    selector: (snapshot: CompiledSnapshot<TOutput>) => T,
    isEqual?: (a: T, b: T) => boolean,
  ): Selection<T>;
}

/** A part of a snapshot. */
export interface Selection<T> {
  get(): T;
  subscribe(observer: ((value: T) => void) | { next?: (value: T) => void }): {
    unsubscribe(): void;
  };
}
