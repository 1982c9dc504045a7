// What is read of XState's inspection, by its shape: so this folder works with any copy of XState.

/** An actor, as an inspection event shows it; what begins with `_` XState keeps out of its types. */
export interface InspectedActor {
  /** A store of `@xstate/store` has none. */
  readonly id: string | undefined;
  readonly sessionId: string;
  readonly system: unknown;
  readonly logic?: { readonly config?: unknown };
  readonly _parent?: InspectedActor;
  readonly _processingStatus?: number;
  getSnapshot(): unknown;
}

/** Any event of XState's inspection. */
export interface InspectionEvent {
  readonly type: string;
  readonly rootId: string;
  readonly actorRef: { readonly sessionId: string };
}

/** The events for which there is a frame. */
export type ShownEvent = ActorEvent | EventEvent | SnapshotEvent | MicrostepEvent;

interface ActorEvent extends InspectionEvent {
  readonly type: '@xstate.actor';
}

/** An action that an actor carries out, in a step whose snapshot comes later. */
export interface ActionEvent extends InspectionEvent {
  readonly type: '@xstate.action';
  readonly action: { readonly type: string; readonly params?: unknown };
}

interface EventEvent extends InspectionEvent {
  readonly type: '@xstate.event';
  readonly sourceRef: { readonly sessionId: string } | undefined;
  readonly event: object;
}

interface SnapshotEvent extends InspectionEvent {
  readonly type: '@xstate.snapshot';
  readonly event: object;
  readonly snapshot: object & { readonly status: string };
}

export interface MicrostepEvent extends InspectionEvent {
  readonly type: '@xstate.microstep';
  readonly event: object;
  readonly snapshot: object & { readonly value?: unknown };
  readonly _transitions: readonly {
    readonly eventType: string;
    readonly source: { readonly id: string };
    readonly target?: readonly { readonly id: string }[] | undefined;
    readonly guard?: unknown;
  }[];
}
