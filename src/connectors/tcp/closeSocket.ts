import type { Duplex } from 'node:stream';
import type { Clock } from '../../core/clock.js';
import { failureOf, SocketClosedError } from './errors.js';

/**
 * Sends the buffered data and ends this side, waits for the peer's end, then destroys the socket. Rejects when data was
 * cut off.
 *
 * @param timeoutMs how long to wait for the peer, in milliseconds
 */
export function closeSocket(
  socket: Duplex,
  timeoutMs: number,
  clock: Clock,
): Promise<void> | undefined {
  if (socket.closed) return undefined;
  return new Promise((resolve, reject) => {
    let unsent = 0;
    const measure = () => {
      unsent = socket.writableLength;
    };
    const timer = clock.setTimeout(() => {
      measure();
      socket.destroy();
    }, timeoutMs);
    // The error of a socket that is already destroyed is reported as the end of its session.
    if (!socket.destroyed) socket.once('error', measure);
    socket.once('close', () => {
      clock.clearTimeout(timer);
      socket.off('error', measure);
      if (unsent === 0) resolve();
      else reject(failureOf(socket) ?? new SocketClosedError(`${unsent} bytes were not sent`));
    });
    socket.end();
    // Data that the session did not read would hide the peer's end.
    socket.resume();
  });
}
