import type { Socket } from 'node:net';
import type { ConnectionEnd } from '../../core/connector.js';
import { ReadOverflowError } from './errors.js';
import { readAhead } from './readAhead.js';

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

/** Sees how a socket ends. */
export interface EndWatch {
  /** Settles when the socket has ended, also if that was before. */
  ended(): Promise<ConnectionEnd>;
  /** Leaves the socket as it was. */
  stop(): void;
}

/** `error` comes before `close`, and before a `run` that waits for either has heard of it. */
const EVENTS = ['end', 'error', 'close'] as const;

const byCode: Readonly<Record<string, TcpEnd['by']>> = {
  ECONNRESET: 'reset',
  ABORT_ERR: 'destroy',
  ERR_READ_OVERFLOW: 'overflow',
};

/** Watches a connected socket, whatever its owner does with it. */
export function watchEnd(socket: Socket, options: EndWatchOptions): EndWatch {
  let hasFin = false;
  let ended: Promise<ConnectionEnd> | undefined;
  let settle: ((end: ConnectionEnd) => void) | undefined;
  let drain: (() => void) | undefined;

  const look = () => {
    const { closed, errored, readableEnded, allowHalfOpen } = socket;
    // Asked when the question is put: `run` may set `allowHalfOpen`.
    if (settle && (closed || (hasFin && !allowHalfOpen))) {
      const inOrder = hasFin ? 'fin' : 'destroy';
      const by = errored
        ? (byCode[(errored as NodeJS.ErrnoException).code as string] ?? 'error')
        : inOrder;
      const detail: TcpEnd = { by, unreadBytes: ahead.unreadBytes() };
      settle(
        closed
          ? { error: errored ?? undefined, detail }
          : { detail, drained: new Promise<void>((resolve) => (drain = resolve)) },
      );
      settle = undefined;
    }
    // The reader hears of the end in this turn, and `run` may settle by itself before its signal fires.
    if ((closed || readableEnded) && drain) setImmediate(drain);
  };

  const { readAheadBytes, onOverflow } = options;
  const ahead = readAhead(socket, {
    readAheadBytes,
    onFin() {
      hasFin = true;
      look();
    },
    onOverflow() {
      if (onOverflow === 'end') socket.destroy(new ReadOverflowError(readAheadBytes));
    },
  });
  for (const event of EVENTS) socket.on(event, look);

  return {
    ended() {
      ended ??= new Promise((resolve) => (settle = resolve));
      look();
      return ended;
    },
    stop() {
      for (const event of EVENTS) socket.off(event, look);
      ahead.stop();
    },
  };
}
