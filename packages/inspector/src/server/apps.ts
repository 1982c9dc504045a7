import type { Socket } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import { parseFrame } from './frame.js';
import type { Change, History } from './history.js';
import { Intake } from './intake.js';
import type { Limits } from './limits.js';
import type { TrackedActor } from './actor.js';

/** Receives the news of apps. */
export interface Audience {
  tell(change: Change): void;
  tellState(actor: TrackedActor): void;
  tellTotals(): void;
}

/** The connected apps: what they send is stored in the history, and sent to the pages from there. */
export class Apps {
  readonly server: WebSocketServer;
  readonly #names = new Map<WebSocket, string>();
  readonly #history: History;
  readonly #limits: Limits;
  readonly #audience: Audience;
  readonly #intake: Intake;
  readonly #guarded: (work: () => void) => void;
  #connections = 0;

  constructor(
    history: History,
    limits: Limits,
    audience: Audience,
    guarded: (work: () => void) => void,
  ) {
    this.#guarded = guarded;
    this.#history = history;
    this.#limits = limits;
    this.#audience = audience;
    this.#intake = new Intake(limits.pendingBytes);
    this.server = new WebSocketServer({
      ...QUIET,
      maxPayload: limits.maxFrameBytes,
    });
  }

  get count(): number {
    return this.#names.size;
  }

  get isFull(): boolean {
    return this.#names.size >= this.#limits.apps;
  }

  /** Accepts an app. An app that names itself is recognised when it reconnects. */
  enter(socket: WebSocket, raw: Socket, name: string): void {
    this.#connections += 1;
    const producer = name || `app ${this.#connections}`;
    this.#names.set(socket, producer);
    const pending = this.#intake.watch(raw, () => {
      this.#history.turnedAway += 1;
      pending.forget();
      socket.terminate();
    });
    socket.on('error', () => pending.forget()); // a frame too large, a reset: `close` follows
    answerPings(socket);
    socket.on('message', (data, isBinary) => {
      pending.settle();
      this.#guarded(() => this.#take(producer, data as Buffer, isBinary));
    });
    socket.on('close', () => this.#guarded(() => this.#leave(socket, producer)));
    this.#audience.tellTotals();
  }

  /** Sends a command to the app of an actor that allows it; returns false if there is none. */
  command({ producer, sessionId, commands }: TrackedActor, command: string): boolean {
    if (!commands.includes(command)) return false;
    const frame = JSON.stringify({ type: '@schmoozer.command', sessionId, command });
    const sockets = [...this.#names].filter(([, name]) => name === producer);
    for (const [socket] of sockets) if (socket.bufferedAmount < 65_536) socket.send(frame);
    return sockets.length > 0;
  }

  #take(producer: string, data: Buffer, isBinary: boolean): void {
    const history = this.#history;
    const frame = isBinary ? undefined : parseFrame(data.toString(), Date.now(), this.#limits);
    if (frame === undefined) history.rejected += 1;
    else if (frame.kind === 'missed') history.addMissed(frame.count);
    else return this.#audience.tell(history.take(producer, frame));
    this.#audience.tellTotals();
  }

  #leave(socket: WebSocket, producer: string): void {
    this.#names.delete(socket);
    this.#audience.tellTotals();
    if ([...this.#names.values()].includes(producer)) return;
    for (const actor of this.#history.actors.values()) {
      if (actor.producer !== producer) continue;
      actor.isConnected = false;
      this.#audience.tellState(actor);
    }
  }
}

/** Options of both WebSocket servers. */
export const QUIET = {
  noServer: true,
  // A message in thousands of pieces takes a multiple of its size.
  maxFragments: 1024,
  // A peer must answer a close in this time, or is cut off.
  closeTimeout: 2000,
  autoPong: false,
  perMessageDeflate: false,
} as const;

/** Answers pings only as fast as the peer reads: otherwise answers would accumulate. */
export function answerPings(socket: WebSocket): void {
  socket.on('ping', (data) => {
    if (socket.bufferedAmount > 4096) socket.terminate();
    else socket.pong(data);
  });
}
