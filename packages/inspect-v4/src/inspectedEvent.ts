/** What XState v5 tells an inspector, as far as it is looked at; this package does not depend on it. */
export interface InspectedEvent {
  readonly type: string;
  readonly actorRef: object;
  readonly event?: { readonly type: string };
  readonly snapshot?: object;
}

/** An actor of XState v5, as far as it is looked at. */
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
