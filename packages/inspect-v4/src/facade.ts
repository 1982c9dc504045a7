// Why: docs/decisions/0025-facades-for-xstate-4.md
import { type AnyState, type AnyStateMachine, State, toSCXMLEvent } from 'xstate';
import type { InspectedEvent } from './inspectedEvent.js';

/** An event for XState 4. */
export interface V4Event {
  readonly type: string;
  readonly [field: string]: unknown;
}

/** The state of an actor, and the event that led there. */
export interface V4Moment {
  readonly value: string | object;
  readonly context: object;
  readonly event: V4Event;
}

/**
 * A service of XState 4 for `@xstate/inspect`. It executes no guard, timer or action; it only repeats what the actor of
 * XState 5 has done.
 */
export class Facade {
  readonly id: string;
  readonly sessionId: string;
  readonly machine: AnyStateMachine;
  readonly parent: { readonly sessionId: string } | undefined;
  readonly #onState = new Set<(state: AnyState) => void>();
  #moment: V4Moment;
  #state: AnyState | undefined;
  #lastStep: { readonly cause: unknown; readonly value: string } | undefined;
  readonly #onStop = new Set<() => void>();

  constructor(
    machine: AnyStateMachine,
    names: {
      readonly id: string;
      readonly sessionId: string;
      readonly parentId: string | undefined;
    },
    first: V4Moment,
  ) {
    this.id = names.id;
    this.sessionId = names.sessionId;
    this.machine = machine;
    this.parent = names.parentId === undefined ? undefined : { sessionId: names.parentId };
    this.#moment = first;
    // A state that XState 4 cannot resolve throws here, before the facade is registered.
    this.#state = this.#resolve(first);
  }

  /** Resolved when it is read. */
  get state(): AnyState {
    this.#state ??= this.#resolve(this.#moment);
    return this.#state;
  }

  /** Does nothing; the package replaces it by a function that reports the event first. */
  send(_event: V4Event): void {}

  subscribe(listener: (state: AnyState) => void): { unsubscribe(): void } {
    this.#onState.add(listener);
    return { unsubscribe: () => void this.#onState.delete(listener) };
  }

  onStop(listener: () => void): this {
    this.#onStop.add(listener);
    return this;
  }

  /**
   * Shows that the actor has entered a state, possibly the same one again. A transition whose last step has been shown
   * is not shown again.
   *
   * @param inspected the event of XState 5; the events of one transition share their cause
   * @param isWatched true while a client watches
   */
  show(moment: V4Moment, inspected: InspectedEvent, isWatched: boolean): void {
    this.#moment = moment;
    this.#state = undefined;
    if (!isWatched) return;
    const value = JSON.stringify(moment.value);
    const last = this.#lastStep;
    const isStep = inspected.type === '@xstate.microstep';
    this.#lastStep = isStep ? { cause: inspected.event, value } : undefined;
    if (!isStep && last?.cause === inspected.event && last?.value === value) return;
    for (const listener of this.#onState) listener(this.state);
  }

  /** The actor has ended. */
  stop(): void {
    for (const listener of this.#onStop) listener();
    this.#onState.clear();
    this.#onStop.clear();
  }

  #resolve({ value, context, event }: V4Moment): AnyState {
    const bare = State.from(value as never, context) as AnyState;
    const scxml = toSCXMLEvent(event as never);
    const state = this.machine.resolveState(bare as never) as AnyState;
    return Object.assign(state, { event: scxml.data, _event: scxml }) as AnyState;
  }
}
