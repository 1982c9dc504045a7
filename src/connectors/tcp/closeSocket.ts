import type { Duplex } from 'node:stream';
import type { Clock } from '../../core/clock.js';

/**
 * Sends the buffered data and ends this side, waits for the peer's end, then destroys the socket.
 *
 * @param timeoutMs how long to wait for the peer, in milliseconds
 */
export function closeSocket(
  socket: Duplex,
  timeoutMs: number,
  clock: Clock,
): Promise<void> | undefined {
  if (socket.closed) return undefined;
  return new Promise((resolve) => {
    const timer = clock.setTimeout(() => socket.destroy(), timeoutMs);
    socket.once('close', () => {
      clock.clearTimeout(timer);
      resolve();
    });
    socket.end();
    // Data that the session did not read would hide the peer's end.
    socket.resume();
  });
}
