// The parts of XState's inspection events that are read, typed by shape, so that this folder works with any copy of
// XState.

/** An actor in an inspection event; XState omits properties that begin with `_` from its types. */
export interface InspectedActor {
  /** Undefined for a store of `@xstate/store`. */
  readonly id: string | undefined;
  readonly sessionId: string;
  readonly system: unknown;
  readonly logic?: { readonly config?: unknown };
  readonly _parent?: InspectedActor;
  readonly _processingStatus?: number;
  getSnapshot(): unknown;
}

/** Any inspection event of XState. */
export interface InspectionEvent {
  readonly type: string;
  readonly rootId: string;
  readonly actorRef: { readonly sessionId: string };
}

/** The events that are sent as a frame. */
export type ShownEvent = ActorEvent | EventEvent | SnapshotEvent | MicrostepEvent;

interface ActorEvent extends InspectionEvent {
  readonly type: '@xstate.actor';
}

/** An action that an actor executes in a step whose snapshot follows later. */
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
