import type { TrackedActor } from './actor.js';
import type { Frame } from './frame.js';

/** The parent of each actor: XState reports a child's end only by its parent. */
export class Children {
  readonly #byParent = new Map<string, Set<TrackedActor>>();
  /** The parent that lists each actor: an actor that appears again may have another parent. */
  readonly #parents = new Map<TrackedActor, string>();

  /** Stops the children that ended with this frame, and returns them. */
  take(actor: TrackedActor, frame: Frame): TrackedActor[] {
    const stopped = this.#endedBy(actor, frame).filter(({ status }) => status === 'active');
    for (const child of stopped) child.stop();
    return stopped;
  }

  delete(actor: TrackedActor): void {
    for (const child of this.#byParent.get(actor.key) ?? []) this.#parents.delete(child);
    this.#byParent.delete(actor.key);
    this.#leave(actor);
  }

  #endedBy(actor: TrackedActor, frame: Frame): TrackedActor[] {
    if (frame.kind === 'actor') return this.#add(actor);
    return frame.kind === 'snapshot' ? this.#review(actor, frame) : [];
  }

  /** Removes earlier children with the same name. */
  #add(actor: TrackedActor): TrackedActor[] {
    this.#leave(actor);
    if (actor.parent === undefined) return [];
    const siblings = this.#byParent.get(actor.parent) ?? new Set();
    this.#byParent.set(actor.parent, siblings.add(actor));
    this.#parents.set(actor, actor.parent);
    return [...siblings].filter((sibling) => sibling.name === actor.name && sibling !== actor);
  }

  #leave(actor: TrackedActor): void {
    const parent = this.#parents.get(actor);
    if (parent === undefined) return;
    this.#parents.delete(actor);
    const siblings = this.#byParent.get(parent);
    siblings?.delete(actor);
    if (siblings?.size === 0) this.#byParent.delete(parent);
  }

  /** Finds the children that their parent no longer lists; all of them when it has ended. */
  #review(
    parent: TrackedActor,
    { children: listed }: Frame & { kind: 'snapshot' },
  ): TrackedActor[] {
    const children = this.#byParent.get(parent.key) ?? new Set();
    const living = listed && new Set(listed);
    const ended = [...children].filter(
      ({ status, name, sessionId }) =>
        status !== 'active' ||
        parent.status !== 'active' ||
        (living && !living.has(name) && !living.has(sessionId)),
    );
    for (const child of ended) this.#leave(child);
    return ended;
  }
}
