// Why: docs/decisions/0032-inspector-transport.md
import { WebSocket } from 'ws';
import type { PageMessage, ServerMessage } from '../protocol.js';
import type { TrackedActor } from './actor.js';
import type { Change, History } from './history.js';
import { parseJson } from './json.js';
import type { Limits } from './limits.js';
import type { Queue } from './queue.js';
import type { Stored } from './record.js';

/** How often a page receives news, in milliseconds: often enough to look live, with one frame instead of fifty. */
const FLUSH_EVERY_MS = 50;

/** The parts of the server that a viewer needs. */
export interface Surroundings {
  readonly history: History;
  readonly limits: Limits;
  readonly hello: ServerMessage & { type: 'hello' };
  /** Sends a command to the app of an actor, if both allow it. */
  command(key: string, command: string): void;
  /** Number of connected apps. */
  producers(): number;
  /** Runs the work for a message or a timer. */
  guarded(work: () => void): void;
}

/**
 * One open page: it receives the state of all actors, and every record of the selected one. It has no queue: it stores
 * the position up to which data was sent, and continues from there. A page that reads too slowly misses the records
 * removed meanwhile, and receives the newest part again.
 */
export class Viewer {
  readonly #socket: WebSocket;
  readonly #around: Surroundings;
  readonly #changed = new Set<TrackedActor>();
  readonly #removed = new Set<string>();
  #isAnew = false;
  #hasTotals = true;
  #selected: TrackedActor | undefined;
  #needsHistory = false;
  /** The number of the last record that existed at the last message. */
  #told = 0;
  /** When a request was last answered at once. */
  #answeredAt = -Infinity;
  #timer: NodeJS.Timeout | undefined;

  constructor(socket: WebSocket, around: Surroundings) {
    this.#socket = socket;
    this.#around = around;
    socket.send(JSON.stringify(around.hello));
    for (const actor of around.history.actors.values()) this.#changed.add(actor);
    this.#flush();
  }

  tell({ actor, removed, stopped, isAnnounced }: Change): void {
    for (const old of removed) {
      this.#changed.delete(old);
      this.#removed.add(old.key);
      if (this.#selected === old) this.#selected = undefined;
    }
    this.#removed.delete(actor.key);
    this.#changed.add(actor);
    // Registered again: it may have another chart.
    if (isAnnounced && actor === this.#selected) this.#needsHistory = true;
    for (const child of stopped) this.#changed.add(child);
    // More actors have been removed since the last message than there can be: the page receives all others again.
    if (this.#removed.size > this.#around.limits.actors) this.#tellAllAnew();
    this.#schedule(FLUSH_EVERY_MS);
  }

  /** An actor's display has changed without a frame. */
  tellState(actor: TrackedActor): void {
    this.#changed.add(actor);
    this.#schedule(FLUSH_EVERY_MS);
  }

  tellTotals(): void {
    this.#hasTotals = true;
    this.#schedule(FLUSH_EVERY_MS);
  }

  /**
   * Handles a message of the page, of a few bytes: it can select an actor by its key, or send it a command that the
   * actor allows.
   */
  hear(text: string): void {
    const said = askedOf(text);
    if (said?.type === 'command') this.#around.command(said.key, said.command);
    if (said?.type !== 'select') return;
    const { key } = said;
    this.#selected = key === null ? undefined : this.#around.history.actors.get(key);
    this.#needsHistory = true;
    // At once, unless it sends requests too often.
    const now = performance.now();
    if (now - this.#answeredAt < FLUSH_EVERY_MS) return this.#schedule(FLUSH_EVERY_MS);
    this.#answeredAt = now;
    this.#flush();
  }

  close(): void {
    clearTimeout(this.#timer);
  }

  #tellAllAnew(): void {
    this.#removed.clear();
    this.#isAnew = true;
    for (const actor of this.#around.history.actors.values()) this.#changed.add(actor);
  }

  #schedule(ms: number): void {
    this.#timer ??= setTimeout(() => this.#around.guarded(() => this.#flush()), ms);
  }

  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#socket.readyState !== WebSocket.OPEN) return;
    if (this.#socket.bufferedAmount > this.#around.limits.slowBytes) {
      this.#schedule(FLUSH_EVERY_MS);
      return;
    }
    if (this.#hasTotals || this.#isAnew || this.#changed.size > 0 || this.#removed.size > 0) {
      this.#sendActors();
    }
    if (this.#selected !== undefined) this.#sendRecords(this.#selected);
    if (this.#changed.size > 0) this.#schedule(0);
  }

  /** Sends as many actors as one message may contain; the others follow in the next one. */
  #sendActors(): void {
    const { history, limits } = this.#around;
    const summaries: string[] = [];
    let left = limits.actorsBytes;
    for (const actor of this.#changed) {
      if (left <= 0) break;
      const summary = JSON.stringify(actor.summary());
      summaries.push(summary);
      left -= summary.length;
      this.#changed.delete(actor);
    }
    const removed = JSON.stringify([...this.#removed]);
    const totals = JSON.stringify(history.totals(this.#around.producers()));
    const isAnew = this.#isAnew ? '"isAnew":true,' : '';
    this.#removed.clear();
    this.#isAnew = false;
    this.#hasTotals = false;
    this.#socket.send(
      `{"type":"actors",${isAnew}"changed":[${summaries.join(',')}],"removed":${removed},"totals":${totals}}`,
    );
  }

  #sendRecords(actor: TrackedActor): void {
    const { history, limits } = this.#around;
    const isMissing = actor.droppedSeq > this.#told;
    const since = this.#needsHistory || isMissing ? 0 : this.#told;
    const records = newest(actor.records, since, limits.historyBytes);
    const messages = newest(history.messages, since, limits.historyBytes);
    const own = messages.filter(({ family }) => family === actor.family);
    const untold = actor.records.length - records.length;
    const isWhole = untold === 0 || (actor.records.at(untold - 1)?.seq ?? 0) <= since;
    this.#told = history.seq;
    const parts = `"records":[${textOf(records)}],"messages":[${textOf(own)}]}`;
    const key = JSON.stringify(actor.key);
    if (since === 0 || !isWhole) {
      this.#needsHistory = false;
      const { lostDefinition, dropped } = actor;
      const head = JSON.stringify({ lostDefinition, dropped: dropped + untold }).slice(1, -1);
      const definition = JSON.stringify(actor.definition);
      this.#socket.send(
        `{"type":"history","key":${key},"definition":${definition},${head},${parts}`,
      );
    } else if (records.length + own.length > 0) {
      this.#socket.send(`{"type":"news","key":${key},${parts}`);
    }
  }
}

/** The items after a number; only the newest of them if they exceed the limit. */
function newest<T extends Stored>(queue: Queue<T>, seq: number, mostBytes: number): T[] {
  let bytes = 0;
  return queue.takeLast((item) => {
    bytes += item.bytes;
    return item.seq > seq && bytes <= mostBytes;
  });
}

function textOf(items: readonly Stored[]): string {
  return items.map(({ json }) => json).join(',');
}

/** Parses a page's request; undefined for anything else. */
function askedOf(text: string): PageMessage | undefined {
  const { type, key, command } = Object(parseJson(text)) as Partial<Record<string, unknown>>;
  if (type === 'select' && (typeof key === 'string' || key === null)) return { type, key };
  const isCommand = type === 'command' && typeof key === 'string' && typeof command === 'string';
  return isCommand ? { type, key, command } : undefined;
}
