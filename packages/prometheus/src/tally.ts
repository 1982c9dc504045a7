import type { LinkMessage, LinkStateMessage } from 'schmoozer/diagnostics';
import { OTHER, type Labels, type ServerLabels } from './labels.js';
import type { Metrics } from './metrics.js';
import { Presence, ServerSeries, type StateCell } from './serverSeries.js';

/** The stored facts about a link. */
export interface KnownLink {
  /** The series of its latest message. */
  series: ServerSeries;
  server: LinkMessage['server'];
  network: LinkMessage['network'];
  cell: StateCell | undefined;
  presence: Presence | undefined;
  lastOnlineS: number;
  /** The outage that ends if the session becomes stable, in milliseconds. */
  downMs: number | undefined;
}

/** The states of all links, summed up: a scrape costs the same for one link and for a thousand. */
export class Tally {
  readonly #labels: Labels;
  readonly #showsNames: boolean;
  readonly #metrics: () => Metrics;
  readonly #links = new Map<number, KnownLink>();
  readonly #servers = new Map<ServerLabels, ServerSeries>();
  #presences = 0;

  constructor(labels: Labels, showsNames: boolean, metrics: () => Metrics) {
    this.#labels = labels;
    this.#showsNames = showsNames;
    this.#metrics = metrics;
  }

  /** Returns the stored facts about the link of a message. */
  link(message: LinkMessage): KnownLink {
    const { linkId, server, network } = message;
    const known = this.#links.get(linkId);
    if (known === undefined) {
      const made: KnownLink = {
        series: this.series(message),
        server,
        network,
        cell: undefined,
        presence: undefined,
        lastOnlineS: 0,
        downMs: undefined,
      };
      this.#links.set(linkId, made);
      return made;
    }
    // Messages share these objects as long as their values are equal.
    if (known.server !== server || known.network !== network) {
      known.series = this.series(message);
      known.server = server;
      known.network = network;
    }
    return known;
  }

  /** Returns the series of a link that may have ended. */
  series(message: LinkMessage): ServerSeries {
    const labels = this.#labels.server(message);
    const known = this.#servers.get(labels);
    if (known !== undefined) return known;
    const made = new ServerSeries(labels, this.#metrics());
    this.#servers.set(labels, made);
    return made;
  }

  move(message: LinkStateMessage): void {
    const { linkId, to, name } = message;
    const link = this.link(message);
    const nowMs = performance.now();
    this.#leave(link, nowMs);
    if (to === 'ended') {
      this.#links.delete(linkId);
      return;
    }
    const { series } = link;
    const presence = this.#presenceOf(series, this.#showsNames ? (name ?? '') : '');
    link.cell = series.cell(to);
    link.cell.change(1, nowMs);
    link.presence = presence;
    presence.links += 1;
    if (to === 'online') presence.online += 1;
    presence.lastOnlineS = Math.max(presence.lastOnlineS, link.lastOnlineS);
  }

  #leave(link: KnownLink, nowMs: number): void {
    const { cell, presence } = link;
    if (cell === undefined || presence === undefined) return;
    cell.change(-1, nowMs);
    if (cell.labels.state === 'online') {
      link.lastOnlineS = Date.now() / 1000;
      presence.online -= 1;
      presence.lastOnlineS = link.lastOnlineS;
    }
    presence.links -= 1;
  }

  *connections(): Iterable<readonly [StateCell['labels'], number]> {
    for (const cell of this.#cells()) yield [cell.labels, cell.links];
  }

  /** In seconds. */
  *stateTimes(): Iterable<readonly [StateCell['labels'], number]> {
    for (const cell of this.#cells()) yield [cell.labels, cell.seconds];
  }

  /** In seconds of Unix time, for links that were online. */
  *lastOnline(): Iterable<readonly [Presence['labels'], number]> {
    this.#sweep();
    for (const { presences } of this.#servers.values()) {
      for (const { labels, online, lastOnlineS } of presences.values()) {
        const seconds = online > 0 ? Date.now() / 1000 : lastOnlineS;
        if (seconds > 0) yield [labels, seconds];
      }
    }
  }

  *#cells(): Iterable<StateCell> {
    for (const { cells } of this.#servers.values()) yield* cells;
  }

  #presenceOf({ presences, labels }: ServerSeries, name: string): Presence {
    const known = presences.get(name);
    if (known !== undefined) return known;
    if (this.#showsNames && this.#presences >= this.#labels.max) this.#sweep();
    const isOneTooMany = this.#showsNames && this.#presences >= this.#labels.max;
    const shown = isOneTooMany ? OTHER : name;
    const own = presences.get(shown);
    if (own !== undefined) return own;
    const made = new Presence(this.#showsNames ? { ...labels, name: shown } : labels);
    presences.set(shown, made);
    this.#presences += 1;
    return made;
  }

  /** Forgets names whose last link has ended. Not done at each change, because another link may follow at once. */
  #sweep(): void {
    for (const { presences } of this.#servers.values()) {
      for (const [name, { links }] of presences) {
        if (links > 0) continue;
        presences.delete(name);
        this.#presences -= 1;
      }
    }
  }
}
