import type { LinkMessage } from 'schmoozer/diagnostics';
import type { Labels, LinkSeries } from './labels.js';

/** The stored facts about a link. */
export interface KnownLink {
  /** The series of its latest message. */
  series: LinkSeries;
  name: LinkMessage['name'];
  server: LinkMessage['server'];
  network: LinkMessage['network'];
}

/** The active links, with a value stored for each. */
export class Links<TKept extends object> {
  readonly #labels: Labels;
  readonly #keep: () => TKept;
  readonly #links = new Map<number, KnownLink & { readonly kept: TKept }>();

  constructor(labels: Labels, keep: () => TKept) {
    this.#labels = labels;
    this.#keep = keep;
  }

  of(message: LinkMessage): KnownLink & { readonly kept: TKept } {
    const { linkId, name, server, network } = message;
    const known = this.#links.get(linkId);
    if (known === undefined) {
      const series = this.#labels.ofLink(message);
      const made = { series, name, server, network, kept: this.#keep() };
      this.#links.set(linkId, made);
      return made;
    }
    // Messages share these objects as long as their values are equal.
    if (known.server !== server || known.network !== network || known.name !== name) {
      Object.assign(known, { series: this.#labels.ofLink(message), name, server, network });
    }
    return known;
  }

  /** Returns the stored value of an active link. */
  at(linkId: number): TKept | undefined {
    return this.#links.get(linkId)?.kept;
  }

  delete(linkId: number): void {
    this.#links.delete(linkId);
  }

  *kept(): Iterable<TKept> {
    for (const { kept } of this.#links.values()) yield kept;
  }
}
