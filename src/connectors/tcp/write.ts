import type { Duplex } from 'node:stream';
import { InvalidOptionError, kindOf } from '../../core/errors.js';
import { signalOf } from '../../core/signalOf.js';
import { untilAborted } from '../../core/untilAborted.js';
import { closeErrorOf } from './errors.js';

/**
 * Writes data to the socket, and resolves when the socket can take more: at once, or when the buffered data has been
 * sent. Calls that are not awaited are sent in order; a failure of such a call is not an unhandled rejection.
 *
 * @param options.signal aborts the wait; the data is sent anyway
 * @throws the error that closed the socket, or SocketClosedError if there is none, when the socket was ended, or closes
 * before it can take more. Throws the signal's reason, once the signal is aborted. The call itself throws
 * InvalidOptionError when `data` is neither a string nor bytes, or an option is invalid
 */
export function write(
  socket: Duplex,
  data: string | NodeJS.ArrayBufferView,
  options: { signal?: AbortSignal } = {},
): Promise<void> {
  const written = send(socket, bytesOf(data), signalOf(options));
  // Callers that do not await this notice the end elsewhere.
  written.catch(() => {});
  return written;
}

async function send(
  socket: Duplex,
  data: string | Buffer,
  signal: AbortSignal | undefined,
): Promise<void> {
  signal?.throwIfAborted();
  if (!socket.writable) throw closeErrorOf(socket);
  if (socket.write(data)) return;
  await drained(socket, signal);
}

/** The shared waits of one socket's writers, one for each signal. */
const drains = new WeakMap<Duplex, Map<AbortSignal | undefined, Promise<void>>>();

/** After an `end` there is no `drain`; `finish` means that everything has been sent. */
const EVENTS = ['drain', 'finish', 'close'] as const;

function drained(socket: Duplex, signal: AbortSignal | undefined): Promise<void> {
  const waits = drains.get(socket) ?? new Map<AbortSignal | undefined, Promise<void>>();
  drains.set(socket, waits);
  const drain = waits.get(undefined) ?? nextDrain(socket);
  waits.set(undefined, drain);
  const wait = waits.get(signal) ?? untilAborted(drain, { signal: signal as AbortSignal });
  waits.set(signal, wait);
  return wait;
}

function nextDrain(socket: Duplex): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = () => {
      for (const event of EVENTS) socket.off(event, settle);
      drains.delete(socket);
      if (socket.closed) reject(closeErrorOf(socket));
      else resolve();
    };
    for (const event of EVENTS) socket.on(event, settle);
  });
}

/** Node accepts views other than Uint8Array only since version 22. */
function bytesOf(data: unknown): string | Buffer {
  if (typeof data === 'string') return data;
  if (ArrayBuffer.isView(data)) return Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  throw new InvalidOptionError('data', 'a string or bytes', data, kindOf(data));
}
