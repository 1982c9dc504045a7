// Why: docs/decisions/0055-the-end-of-a-tcp-session.md
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { ConnectionEnd } from '../../core/connector.js';
import type { Lifetime } from '../lifetime.js';
import { SilenceError } from '../silenceError.js';
import { watchAge } from '../watchAge.js';
import { watchSilence } from '../watchSilence.js';
import { failureOf, ReadOverflowError } from './errors.js';
import { type ReadAhead, readAhead } from './readAhead.js';

/** How a session's socket ended: the `detail` of `connection.closing` and `connection.closed`. */
export interface TcpEnd {
  /**
   * `'fin'`: the peer ended in an orderly way, with TLS also by a close alert; `'reset'`: the connection was reset;
   * `'error'`: another error; `'destroy'`: `run`, or a signal that it passed to the socket, destroyed the socket;
   * `'overflow'`: see `onOverflow`; `'silence'`: see `silenceMs`; `'age'`: see `maxAgeMs`, the connection was healthy.
   */
  readonly by: 'fin' | 'reset' | 'error' | 'destroy' | 'overflow' | 'silence' | 'age';
  /** Bytes that had arrived and were not read. After `'fin'` they can still be read, otherwise they are lost. */
  readonly unreadBytes: number;
}

/** The limits that end a session, besides the socket itself. */
export interface EndWatchOptions extends Lifetime {
  readonly readAheadBytes: number;
  readonly onOverflow: 'pause' | 'end';
}

/** Notices how a socket ends. */
export interface EndWatch {
  /** Settles when the socket has ended, even if that was earlier; age and silence are measured from this call. */
  ended(): Promise<ConnectionEnd>;
  /** Restores the socket. */
  stop(): void;
}

/** `error` is emitted before `close`, and before a `run` that waits for either is notified. */
const EVENTS = ['end', 'error', 'close'] as const;

const byCode: Readonly<Record<string, TcpEnd['by']>> = {
  ECONNRESET: 'reset',
  ABORT_ERR: 'destroy',
  ERR_READ_OVERFLOW: 'overflow',
  ERR_SILENCE: 'silence',
};

/** Watches a connected socket, whatever its owner does with it. */
export function watchEnd(socket: Duplex, options: EndWatchOptions): EndWatch {
  let hasFin = false;
  let ended: Promise<ConnectionEnd> | undefined;
  let settle: ((end: ConnectionEnd) => void) | undefined;
  let drain: (() => void) | undefined;
  const stops: (() => void)[] = [];
  const stopTimers = () => {
    for (const stop of stops) stop();
  };

  const end = (by: TcpEnd['by'], more?: ConnectionEnd) => {
    stopTimers();
    const unreadBytes = ahead?.unreadBytes() ?? socket.readableLength;
    settle?.({ detail: { by, unreadBytes } satisfies TcpEnd, ...more });
    settle = undefined;
  };

  const look = () => {
    const { closed, readableEnded, allowHalfOpen } = socket;
    const isFin = hasFin || readableEnded;
    if (settle && closed) {
      const error: NodeJS.ErrnoException | undefined = failureOf(socket);
      const inOrder = isFin ? 'fin' : 'destroy';
      end(error ? (byCode[error.code ?? ''] ?? 'error') : inOrder, { error });
    }
    // Read here and not earlier, because `run` may set `allowHalfOpen`.
    if (settle && isFin && !allowHalfOpen) {
      end('fin', { drained: new Promise<void>((resolve) => (drain = resolve)) });
    }
    // The reader is notified of the end in this turn, and `run` may settle before its signal is aborted.
    if ((closed || readableEnded) && drain) setImmediate(drain);
  };

  const { readAheadBytes, onOverflow, silenceMs, maxAgeMs } = options;
  // It is unknown how a stream that is not one of Node's sockets reads: only its reader notices its end.
  const ahead: ReadAhead | undefined =
    socket instanceof Socket
      ? readAhead(socket, {
          readAheadBytes,
          onFin() {
            hasFin = true;
            look();
          },
          onOverflow() {
            if (onOverflow === 'end') socket.destroy(new ReadOverflowError(readAheadBytes));
          },
        })
      : undefined;
  for (const event of EVENTS) socket.on(event, look);

  const startTimers = () => {
    if (silenceMs !== undefined && ahead !== undefined) {
      const signs = () => (socket as Socket).bytesRead;
      const onSilence = () => {
        // With `allowHalfOpen`, a peer that has ended sends nothing more but may still receive.
        if (!hasFin) socket.destroy(new SilenceError(silenceMs, ahead.isFull()));
      };
      stops.push(watchSilence({ ...options, silenceMs, signs, onSilence }));
    }
    if (maxAgeMs !== undefined) {
      stops.push(watchAge({ ...options, maxAgeMs, onAge: () => end('age') }));
    }
  };

  return {
    ended() {
      if (ended === undefined) {
        ended = new Promise((resolve) => (settle = resolve));
        startTimers();
      }
      look();
      return ended;
    },
    stop() {
      stopTimers();
      for (const event of EVENTS) socket.off(event, look);
      ahead?.stop();
    },
  };
}
