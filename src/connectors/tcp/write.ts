import type { Duplex } from 'node:stream';
import { InvalidOptionError, kindOf } from '../../core/errors.js';
import { signalOf } from '../../core/signalOf.js';
import { untilAborted } from '../untilAborted.js';
import { closeErrorOf } from './errors.js';

/**
 * Hands data to the socket, and resolves when it can take more: at once, or when what is buffered has gone out. Calls
 * that are not awaited go out in order; one that fails then is no unhandled rejection.
 *
 * @param options.signal ends the wait; what was handed over is sent all the same
 * @throws what closed the socket, else SocketClosedError, when it closes meanwhile or was ended before; the signal's
 *   reason once it is aborted; InvalidOptionError at once
 */
export function write(
  socket: Duplex,
  data: string | NodeJS.ArrayBufferView,
  options: { signal?: AbortSignal } = {},
): Promise<void> {
  const written = send(socket, bytesOf(data), signalOf(options));
  // Who does not wait hears of the end in another way.
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

/** What the writers of one socket wait for together: one wait for each of their signals. */
const drains = new WeakMap<Duplex, Map<AbortSignal | undefined, Promise<void>>>();

/** After an `end` there is no `drain`, and `finish` says that all has gone out. */
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

/** Node takes views that are no Uint8Array from version 22 on. */
function bytesOf(data: unknown): string | Buffer {
  if (typeof data === 'string') return data;
  if (ArrayBuffer.isView(data)) return Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  throw new InvalidOptionError('data', 'a string or bytes', data, kindOf(data));
}
