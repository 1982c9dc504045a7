import { WebSocket } from 'ws';
import type { PageMessage, ServerMessage } from '../protocol.js';
import type { TrackedActor } from './actor.js';
import type { Change, History } from './history.js';

/** How often a page hears news: often enough to look live, and one frame instead of fifty. */
const FLUSH_EVERY_MS = 50;
/** Unread bytes from which a page counts as slow: it gets no more until it has read. */
const SLOW_BYTES = 1_000_000;
/** News that wait for a slow page; beyond it they are thrown away, and it gets the history anew. */
const MAX_WAITING = 5000;

/** One open page: is told the state of all actors, and every record of the one it has selected. */
export class Viewer {
  readonly #socket: WebSocket;
  readonly #history: History;
  readonly #producers: () => number;
  readonly #changed = new Set<TrackedActor>();
  readonly #removed = new Set<string>();
  #selected: TrackedActor | undefined;
  #needsHistory = false;
  #hasTotals = true;
  #records: string[] = [];
  #messages: string[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(
    socket: WebSocket,
    history: History,
    hello: ServerMessage & { type: 'hello' },
    producers: () => number,
  ) {
    this.#socket = socket;
    this.#history = history;
    this.#producers = producers;
    socket.on('message', (data, isBinary) => {
      if (!isBinary) this.#hear((data as Buffer).toString());
    });
    socket.on('close', () => clearTimeout(this.#timer));
    // Its `close` follows; without a listener the process would end.
    socket.on('error', () => {});
    socket.send(JSON.stringify(hello));
    for (const actor of history.actors.values()) this.#changed.add(actor);
    this.#flush();
  }

  tell({ actor, record, message, removed, stopped }: Change): void {
    for (const old of removed) {
      this.#changed.delete(old);
      this.#removed.add(old.key);
      if (this.#selected === old) this.#selected = undefined;
    }
    this.#removed.delete(actor.key);
    this.#changed.add(actor);
    for (const child of stopped) this.#changed.add(child);
    if (actor === this.#selected) this.#records.push(record.json);
    if (message !== undefined && message.family === this.#selected?.family) {
      this.#messages.push(message.json);
    }
    if (this.#records.length + this.#messages.length > MAX_WAITING) this.#startAnew();
    this.#schedule();
  }

  /** An actor is shown in another way although no frame came. */
  tellState(actor: TrackedActor): void {
    this.#changed.add(actor);
    this.#schedule();
  }

  tellTotals(): void {
    this.#hasTotals = true;
    this.#schedule();
  }

  #hear(text: string): void {
    let message: Partial<PageMessage> | null;
    try {
      message = JSON.parse(text) as Partial<PageMessage> | null;
    } catch {
      return;
    }
    if (message?.type !== 'select') return;
    this.#selected = this.#history.actors.get(String(message.key));
    this.#startAnew();
    this.#flush();
  }

  #startAnew(): void {
    this.#needsHistory = true;
    this.#records = [];
    this.#messages = [];
  }

  #schedule(): void {
    this.#timer ??= setTimeout(() => this.#flush(), FLUSH_EVERY_MS);
  }

  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#socket.readyState !== WebSocket.OPEN) return;
    if (this.#socket.bufferedAmount > SLOW_BYTES) {
      this.#schedule();
      return;
    }
    if (this.#hasTotals || this.#changed.size > 0 || this.#removed.size > 0) this.#sendActors();
    if (this.#selected !== undefined) this.#sendRecords(this.#selected);
  }

  #sendActors(): void {
    const message: ServerMessage = {
      type: 'actors',
      changed: [...this.#changed].map((actor) => actor.summary()),
      removed: [...this.#removed],
      totals: this.#history.totals(this.#producers()),
    };
    this.#changed.clear();
    this.#removed.clear();
    this.#hasTotals = false;
    this.#socket.send(JSON.stringify(message));
  }

  #sendRecords(actor: TrackedActor): void {
    const head = `"key":${JSON.stringify(actor.key)}`;
    if (this.#needsHistory) {
      const records = [...actor.records].map(({ json }) => json);
      const messages = [...this.#history.messages]
        .filter(({ family }) => family === actor.family)
        .map(({ json }) => json);
      this.#socket.send(
        `{"type":"history",${head},"definition":${JSON.stringify(actor.definition)},"dropped":${actor.dropped},` +
          `"records":[${records.join(',')}],"messages":[${messages.join(',')}]}`,
      );
    } else if (this.#records.length + this.#messages.length > 0) {
      this.#socket.send(
        `{"type":"news",${head},"records":[${this.#records.join(',')}],"messages":[${this.#messages.join(',')}]}`,
      );
    }
    this.#needsHistory = false;
    this.#records = [];
    this.#messages = [];
  }
}
