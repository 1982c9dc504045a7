import type { DiagnosticsState, LinkStateMessage } from 'schmoozer/diagnostics';
import { OTHER, type Labels, type ServerLabels } from './labels.js';

export type LiveState = Exclude<DiagnosticsState, 'ended'>;

const states: readonly LiveState[] = [
  'queued',
  'connecting',
  'online',
  'closing',
  'waiting',
  'suspended',
  'stopping',
];

/** The links of one server in one state, and how long they all were in it. */
interface Cell {
  readonly labels: ServerLabels & { readonly state: LiveState };
  links: number;
  /** Until `sinceMs`. */
  ms: number;
  sinceMs: number;
}

/** Links that share a server, and a name if names are shown. */
interface Presence {
  readonly labels: ServerLabels & { readonly name?: string };
  links: number;
  online: number;
  lastOnlineS: number;
}

interface Link {
  cell: Cell;
  presence: Presence;
  lastOnlineS: number;
}

/** In which states all links are: a scrape costs as much with one link as with a thousand. */
export class Tally {
  readonly #labels: Labels;
  readonly #showsNames: boolean;
  readonly #links = new Map<number, Link>();
  readonly #cells = new Map<ServerLabels, Record<LiveState, Cell>>();
  readonly #presences = new Map<string, Presence>();

  constructor(labels: Labels, showsNames: boolean) {
    this.#labels = labels;
    this.#showsNames = showsNames;
  }

  move(message: LinkStateMessage): void {
    const { linkId, to } = message;
    const link = this.#links.get(linkId);
    if (link !== undefined) this.#leave(link);
    this.#links.delete(linkId);
    if (to === 'ended') return;
    const server = this.#labels.server(message);
    const cell = this.#cellsOf(server)[to];
    const presence = this.#presenceOf(server, message.name ?? '');
    const { lastOnlineS = 0 } = link ?? {};
    count(cell, 1);
    presence.links += 1;
    if (to === 'online') presence.online += 1;
    presence.lastOnlineS = Math.max(presence.lastOnlineS, lastOnlineS);
    this.#links.set(linkId, { cell, presence, lastOnlineS });
  }

  #leave(link: Link): void {
    const { cell, presence } = link;
    count(cell, -1);
    presence.links -= 1;
    if (cell.labels.state === 'online') {
      link.lastOnlineS = Date.now() / 1000;
      presence.online -= 1;
      presence.lastOnlineS = link.lastOnlineS;
    }
    if (presence.links === 0) this.#presences.delete(idOf(presence.labels));
  }

  *connections(): Iterable<readonly [Cell['labels'], number]> {
    for (const cell of this.#everyCell()) yield [cell.labels, cell.links];
  }

  /** In seconds. */
  *stateTimes(): Iterable<readonly [Cell['labels'], number]> {
    for (const cell of this.#everyCell()) {
      count(cell, 0);
      yield [cell.labels, cell.ms / 1000];
    }
  }

  /** In seconds of Unix time; of links that were online. */
  *lastOnline(): Iterable<readonly [Presence['labels'], number]> {
    for (const { labels, online, lastOnlineS } of this.#presences.values()) {
      const seconds = online > 0 ? Date.now() / 1000 : lastOnlineS;
      if (seconds > 0) yield [labels, seconds];
    }
  }

  *#everyCell(): Iterable<Cell> {
    for (const cells of this.#cells.values()) yield* Object.values(cells);
  }

  #cellsOf(server: ServerLabels): Record<LiveState, Cell> {
    const known = this.#cells.get(server);
    if (known !== undefined) return known;
    const made = Object.fromEntries(
      states.map((state) => [
        state,
        { labels: { ...server, state }, links: 0, ms: 0, sinceMs: performance.now() },
      ]),
    ) as unknown as Record<LiveState, Cell>;
    this.#cells.set(server, made);
    return made;
  }

  #presenceOf(server: ServerLabels, name: string): Presence {
    const isOneTooMany = this.#presences.size >= this.#labels.max;
    const own = this.#showsNames ? { ...server, name } : server;
    const labels =
      this.#showsNames && isOneTooMany && !this.#presences.has(idOf(own))
        ? { ...server, name: OTHER }
        : own;
    const known = this.#presences.get(idOf(labels));
    if (known !== undefined) return known;
    const made = { labels, links: 0, online: 0, lastOnlineS: 0 };
    this.#presences.set(idOf(labels), made);
    return made;
  }
}

function count(cell: Cell, change: number): void {
  const nowMs = performance.now();
  cell.ms += cell.links * (nowMs - cell.sinceMs);
  cell.sinceMs = nowMs;
  cell.links += change;
}

function idOf(labels: object): string {
  return Object.values(labels).join('\n');
}
