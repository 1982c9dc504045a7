import type { TrackedActor } from './actor.js';
import type { Frame } from './frame.js';

/** Whose child each actor is: of a child's end XState tells by its parent only. */
export class Children {
  readonly #byParent = new Map<string, Set<TrackedActor>>();
  /** In whose set each is: an actor that comes again may name another parent. */
  readonly #parents = new Map<TrackedActor, string>();

  /** Stops the children that have ended by this frame, and answers which they are. */
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

  /** Those of the same name: there is a newer one. */
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

  /** Those that their parent no longer lists; all when it has ended. */
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
