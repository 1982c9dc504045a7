import type { AnyActorRef, InspectionEvent } from 'xstate';
import { ownValue } from './pick.js';

/** What is known of an actor beyond XState's public type. */
export type InspectedActor = AnyActorRef & {
  readonly _parent?: InspectedActor;
  readonly logic?: { readonly config?: unknown };
};

/** Systems that are known before the first look for those that are gone. */
const FIRST_SWEEP = 1000;

/**
 * The systems that were seen and live on, by their roots. They are held weakly: an app may drop an actor
 * without stopping it.
 */
export class LiveActors {
  readonly #roots = new Map<string, WeakRef<InspectedActor>>();
  #sweepAt = FIRST_SWEEP;

  /** Takes note of what an event tells; false if it is the first of a system that has long begun. */
  follow(event: InspectionEvent): boolean {
    const { type, actorRef, rootId } = event;
    if (this.#roots.has(rootId)) {
      const isOfRoot = type === '@xstate.snapshot' && actorRef.sessionId === rootId;
      if (isOfRoot && event.snapshot.status !== 'active') this.#roots.delete(rootId);
      return true;
    }
    const root = rootOf(actorRef as InspectedActor);
    if (!isActive(root)) return true;
    this.#roots.set(rootId, new WeakRef(root));
    if (this.#roots.size >= this.#sweepAt) this.#sweep();
    return type === '@xstate.actor' && actorRef === root;
  }

  /** All actors, a parent before its children. */
  *all(): Generator<{ readonly actor: InspectedActor; readonly rootId: string }> {
    for (const [rootId, ref] of this.#roots) {
      const root = ref.deref();
      if (root !== undefined) {
        for (const actor of family(root)) yield { actor, rootId };
      }
    }
  }

  #sweep(): void {
    for (const [rootId, ref] of this.#roots) {
      const root = ref.deref();
      if (root === undefined || !isActive(root)) this.#roots.delete(rootId);
    }
    this.#sweepAt = Math.max(FIRST_SWEEP, this.#roots.size * 2);
  }
}

/** Where an actor is; undefined while it is being made, when XState throws. */
export function currentSnapshot(actor: InspectedActor): object | undefined {
  try {
    return actor.getSnapshot() as object;
  } catch {
    return undefined;
  }
}

function isActive(actor: InspectedActor): boolean {
  const snapshot = currentSnapshot(actor);
  return snapshot === undefined || ownValue(snapshot, 'status') === 'active';
}

export function rootOf(actor: InspectedActor): InspectedActor {
  const parent = parentOf(actor);
  return parent === undefined ? actor : rootOf(parent);
}

export function parentOf({ _parent: parent }: InspectedActor): InspectedActor | undefined {
  return parent;
}

/** An actor and its descendants, as far as they live, a parent before its children. */
export function* family(actor: InspectedActor): Generator<InspectedActor> {
  if (!isActive(actor)) return;
  yield actor;
  const children: unknown = ownValue(currentSnapshot(actor) ?? {}, 'children');
  for (const child of Object.values(
    Object(children) as Record<string, InspectedActor | undefined>,
  )) {
    if (child !== undefined) yield* family(child);
  }
}
