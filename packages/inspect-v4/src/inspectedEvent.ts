/** The parts of an XState v5 inspection event that are used; this package does not depend on XState v5. */
export interface InspectedEvent {
  /** The type of the inspection event, such as `@xstate.snapshot`. */
  readonly type: string;
  /** The actor it is about. */
  readonly actorRef: object;
  /** The event that the actor took. */
  readonly event?: { readonly type: string };
  /** The snapshot of the actor after it. */
  readonly snapshot?: object;
}

/** The parts of an XState v5 actor that are used. */
export interface InspectedActor {
  readonly id: string;
  readonly sessionId: string;
  readonly logic?: { readonly config?: object };
  readonly _parent?: InspectedActor;
  getSnapshot(): unknown;
}

/** A snapshot of a machine of XState v5. */
export interface MachineSnapshot {
  readonly status: string;
  readonly value: string | object;
  readonly context: object;
}
