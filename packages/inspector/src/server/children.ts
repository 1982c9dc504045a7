import type { TrackedActor } from './actor.js';
import type { Frame } from './frame.js';

/** Whose child each actor is: of a child's end XState tells by its parent only. */
export class Children {
  readonly #byParent = new Map<string, Set<TrackedActor>>();

  /** Stops the children that have ended by this frame, and answers which they are. */
  take(actor: TrackedActor, frame: Frame): TrackedActor[] {
    const stopped = this.#endedBy(actor, frame).filter(({ status }) => status === 'active');
    for (const child of stopped) child.stop();
    return stopped;
  }

  delete(actor: TrackedActor): void {
    this.#byParent.delete(actor.key);
    this.#byParent.get(actor.parent ?? '')?.delete(actor);
  }

  #endedBy(actor: TrackedActor, frame: Frame): TrackedActor[] {
    if (frame.kind === 'actor') return this.#add(actor);
    return frame.kind === 'snapshot' ? this.#review(actor, frame) : [];
  }

  /** Those of the same name: there is a newer one. */
  #add(actor: TrackedActor): TrackedActor[] {
    if (actor.parent === undefined) return [];
    const siblings = this.#byParent.get(actor.parent) ?? new Set();
    this.#byParent.set(actor.parent, siblings.add(actor));
    return [...siblings].filter((sibling) => sibling.name === actor.name && sibling !== actor);
  }

  /** Those that their parent no longer lists; all when it has ended. */
  #review(
    parent: TrackedActor,
    { children: listed }: Frame & { kind: 'snapshot' },
  ): TrackedActor[] {
    const children = this.#byParent.get(parent.key) ?? new Set();
    const ended = [...children].filter(
      ({ status, name, sessionId }) =>
        status !== 'active' ||
        parent.status !== 'active' ||
        (listed && !listed.includes(name) && !listed.includes(sessionId)),
    );
    for (const child of ended) children.delete(child);
    return ended;
  }
}
