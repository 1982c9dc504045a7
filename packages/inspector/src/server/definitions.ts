import type { TrackedActor } from './actor.js';

/** The definitions of all actors: a thousand actors of one machine share one text. */
export class Definitions {
  readonly #entries = new Map<string, { readonly text: string; users: number }>();

  /** Gives an actor its definition, in place of the one it had. */
  define(actor: TrackedActor, text: string | undefined): void {
    const before = actor.definition === null ? undefined : this.#entries.get(actor.definition);
    if (before && --before.users === 0) this.#entries.delete(before.text);
    if (text === undefined) {
      actor.definition = null;
      return;
    }
    const entry = this.#entries.get(text) ?? { text, users: 0 };
    entry.users += 1;
    this.#entries.set(text, entry);
    actor.definition = entry.text;
  }
}
