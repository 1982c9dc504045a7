import type { TrackedActor } from './actor.js';
import { bytesOf } from './cut.js';
import type { Limits } from './limits.js';

interface Entry {
  readonly text: string;
  readonly bytes: number;
  users: number;
}

/** The definitions of all actors: actors of the same machine share one text. */
export class Definitions {
  readonly #entries = new Map<string, Entry>();
  readonly #limits: Limits;
  #bytes = 0;

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  /** Sets or replaces the definition of an actor; `lost` says why there is none. */
  define(actor: TrackedActor, text: string | undefined, lost?: string): void {
    const before = actor.definition === null ? undefined : this.#entries.get(actor.definition);
    if (before && --before.users === 0) {
      this.#entries.delete(before.text);
      this.#bytes -= before.bytes;
    }
    const entry = text === undefined ? undefined : this.#entryOf(text);
    if (entry) entry.users += 1;
    actor.definition = entry?.text ?? null;
    actor.lostDefinition = text === undefined || entry ? lost : this.#full(text.length);
  }

  /** Returns the existing entry, or a new one if there is room for it. */
  #entryOf(text: string): Entry | undefined {
    const known = this.#entries.get(text);
    if (known) return known;
    const bytes = bytesOf(text);
    if (this.#bytes + bytes > this.#limits.definitionBytes) return undefined;
    const entry = { text, bytes, users: 0 };
    this.#entries.set(text, entry);
    this.#bytes += bytes;
    return entry;
  }

  #full(characters: number): string {
    const { definitionBytes } = this.#limits;
    return `there is no room for its definition of ${characters} characters; all together have ${definitionBytes} bytes`;
  }
}
