import type { Socket } from 'node:net';
import type { ConnectionEnd } from '../../core/connector.js';
import { ReadOverflowError } from './errors.js';
import { ReadAhead } from './readAhead.js';

/** How a session's socket ended by itself: the `detail` of `connection.closing` and `connection.closed`. */
export interface TcpEnd {
  /**
   * `'fin'`: the peer ended in order, over TLS also by its close alert; `'reset'`: the connection was reset; `'error'`:
   * another error; `'destroy'`: `run`, or a signal it gave the socket to, destroyed it; `'overflow'`: see `onOverflow`.
   */
  readonly by: 'fin' | 'reset' | 'error' | 'destroy' | 'overflow';
  /** How much had arrived and was not read, in bytes. After `'fin'` it can still be read, else it is lost. */
  readonly unreadBytes: number;
}

/** When a peer that sends more than is read is held up, and what then. */
export interface EndWatchOptions {
  readonly readAheadBytes: number;
  readonly onOverflow: 'pause' | 'end';
}

/** `error` comes before `close`, and before a `run` that waits for either has heard of it. */
const EVENTS = ['end', 'error', 'close'] as const;

const byCode: Readonly<Record<string, TcpEnd['by']>> = {
  ECONNRESET: 'reset',
  ABORT_ERR: 'destroy',
  ERR_READ_OVERFLOW: 'overflow',
};

/** Sees how a connected socket ends, whatever its owner does with it. */
export class EndWatch {
  readonly #socket: Socket;
  readonly #ahead: ReadAhead;
  #hasFin = false;
  #ended: Promise<ConnectionEnd> | undefined;
  #settle: ((end: ConnectionEnd) => void) | undefined;
  #drain: (() => void) | undefined;

  constructor(socket: Socket, { readAheadBytes, onOverflow }: EndWatchOptions) {
    this.#socket = socket;
    this.#ahead = new ReadAhead(socket, {
      readAheadBytes,
      onFin: () => {
        this.#hasFin = true;
        this.#look();
      },
      onOverflow: () => {
        if (onOverflow === 'end') socket.destroy(new ReadOverflowError(readAheadBytes));
      },
    });
    for (const event of EVENTS) socket.on(event, this.#look);
  }

  /** Settles when the socket has ended, also if that was before; never once the watch has stopped. */
  ended(): Promise<ConnectionEnd> {
    this.#ended ??= new Promise((resolve) => (this.#settle = resolve));
    this.#look();
    return this.#ended;
  }

  /** Leaves the socket as it was. */
  stop(): void {
    for (const event of EVENTS) this.#socket.off(event, this.#look);
    this.#ahead.stop();
  }

  readonly #look = (): void => {
    const { closed, errored, readableEnded, allowHalfOpen } = this.#socket;
    // Asked when the question is put: `run` may set `allowHalfOpen`.
    if (this.#settle && (closed || (this.#hasFin && !allowHalfOpen))) {
      const { unreadBytes } = this.#ahead;
      const detail: TcpEnd = { by: causeOf(errored, this.#hasFin), unreadBytes };
      this.#settle(
        closed
          ? { error: errored ?? undefined, detail }
          : { detail, drained: new Promise<void>((resolve) => (this.#drain = resolve)) },
      );
      this.#settle = undefined;
    }
    if (closed || readableEnded) this.#drain?.();
  };
}

function causeOf(error: Error | null, hasFin: boolean): TcpEnd['by'] {
  if (error) return byCode[String((error as { code?: unknown }).code)] ?? 'error';
  return hasFin ? 'fin' : 'destroy';
}
