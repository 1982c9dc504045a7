import type { InspectedActor, ShownEvent } from './inspectionEvent.js';
import { ownValue } from './pick.js';
import { isOfMachine } from './snapshotOf.js';

/** Number of known systems at which the first search for vanished ones starts. */
const FIRST_SWEEP = 1000;

/**
 * The systems that were seen and are still alive, by their roots. They are referenced weakly, because an app may drop
 * an actor without stopping it.
 */
export class LiveActors {
  readonly #roots = new Map<string, WeakRef<InspectedActor>>();
  #sweepAt = FIRST_SWEEP;

  /** Number of remembered systems; some may be gone. */
  get size(): number {
    return this.#roots.size;
  }

  /** Records an event; returns false if it is the first event of a system that began earlier. */
  follow(event: ShownEvent): boolean {
    const { actorRef, rootId } = event;
    if (this.#roots.has(rootId)) {
      const isOfRoot = event.type === '@xstate.snapshot' && actorRef.sessionId === rootId;
      if (isOfRoot && event.snapshot.status !== 'active') this.#roots.delete(rootId);
      return true;
    }
    const root = rootOf(actorRef as InspectedActor);
    if (!isActive(root)) return true;
    this.#roots.set(rootId, new WeakRef(root));
    if (this.#roots.size >= this.#sweepAt) this.#sweep();
    return event.type === '@xstate.actor' && actorRef === root;
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

/**
 * Returns an actor's snapshot. While the actor is being created, XState has none, and throws in its development build.
 */
export function currentSnapshot(actor: InspectedActor): object {
  try {
    return (actor.getSnapshot() as object | undefined) ?? BEING_MADE;
  } catch {
    return BEING_MADE;
  }
}

const BEING_MADE = { status: 'active' };

function isActive(actor: InspectedActor): boolean {
  return ownValue(currentSnapshot(actor), 'status') === 'active';
}

export function rootOf(actor: InspectedActor): InspectedActor {
  const parent = parentOf(actor);
  return parent === undefined ? actor : rootOf(parent);
}

export function parentOf({ _parent: parent }: InspectedActor): InspectedActor | undefined {
  return parent;
}

/** Yields an actor and its living descendants, a parent before its children. */
export function* family(actor: InspectedActor): Generator<InspectedActor> {
  if (!isActive(actor)) return;
  yield actor;
  const snapshot = currentSnapshot(actor);
  // XState does not know the children of other logic.
  if (!isOfMachine(snapshot)) return;
  for (const child of Object.values(snapshot.children)) yield* family(child as InspectedActor);
}
