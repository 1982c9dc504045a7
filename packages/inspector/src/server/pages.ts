import { type WebSocket, WebSocketServer } from 'ws';
import type { TrackedActor } from './actor.js';
import { answerPings, type Audience, QUIET } from './apps.js';
import type { Change } from './history.js';
import type { Limits } from './limits.js';
import { type Surroundings, Viewer } from './viewer.js';

/** The open pages. */
export class Pages implements Audience {
  readonly server: WebSocketServer;
  readonly #viewers = new Set<Viewer>();
  readonly #most: number;
  readonly #onCount: (count: number) => void;

  constructor({ pages, askBytes }: Limits, onCount: (count: number) => void) {
    this.#most = pages;
    this.#onCount = onCount;
    this.server = new WebSocketServer({ ...QUIET, maxPayload: askBytes });
  }

  get isFull(): boolean {
    return this.#viewers.size >= this.#most;
  }

  enter(socket: WebSocket, around: Surroundings): void {
    // Its `close` follows; without a listener the process would end.
    socket.on('error', () => {});
    answerPings(socket);
    const viewer = new Viewer(socket, around);
    this.#viewers.add(viewer);
    socket.on('message', (data, isBinary) => {
      if (!isBinary) around.guarded(() => viewer.hear((data as Buffer).toString()));
    });
    socket.on('close', () => {
      viewer.close();
      this.#viewers.delete(viewer);
      this.#onCount(this.#viewers.size);
    });
    this.#onCount(this.#viewers.size);
  }

  tell(change: Change): void {
    for (const viewer of this.#viewers) viewer.tell(change);
  }

  tellState(actor: TrackedActor): void {
    for (const viewer of this.#viewers) viewer.tellState(actor);
  }

  tellTotals(): void {
    for (const viewer of this.#viewers) viewer.tellTotals();
  }
}
