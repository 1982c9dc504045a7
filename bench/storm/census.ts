import type { CompiledActor } from 'schmoozer/compiled';

/** How many links are in each state. Only those are asked that something has happened to since the last time. */
export class Census {
  readonly #counts = new Map<string, number>();
  readonly #pathOf = new Map<CompiledActor, string>();
  readonly #changed = new Set<CompiledActor>();

  /** From its start on. */
  watch(link: CompiledActor): void {
    link.on('*', () => this.#changed.add(link));
  }

  count(): ReadonlyMap<string, number> {
    for (const link of this.#changed) {
      const before = this.#pathOf.get(link);
      const path = pathOf(link.getSnapshot().value);
      if (path === before) continue;
      if (before !== undefined) this.#add(before, -1);
      this.#add(path, 1);
      this.#pathOf.set(link, path);
    }
    this.#changed.clear();
    return this.#counts;
  }

  #add(path: string, links: number): void {
    this.#counts.set(path, (this.#counts.get(path) ?? 0) + links);
  }
}

/** Each state has one value, which all snapshots share. */
const paths = new Map<unknown, string>();

function pathOf(value: string | object): string {
  let path = paths.get(value);
  if (path === undefined) {
    path = typeof value === 'string' ? value : Object.entries(value).flat().join('.');
    paths.set(value, path);
  }
  return path;
}
