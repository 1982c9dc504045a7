import type { Duplex } from 'node:stream';
import { clearTimeout, setTimeout } from 'node:timers';

/**
 * Sends the buffered data and ends this side, waits for the peer's end, then destroys the socket.
 *
 * @param timeoutMs how long to wait for the peer, in milliseconds
 */
export function closeSocket(socket: Duplex, timeoutMs: number): Promise<void> | undefined {
  if (socket.closed) return undefined;
  return new Promise((resolve) => {
    // A system timer, not the actor's clock, because the socket lives in real time.
    const timer = setTimeout(() => socket.destroy(), timeoutMs);
    socket.once('close', () => {
      clearTimeout(timer);
      resolve();
    });
    socket.end();
    // Data that the session did not read would hide the peer's end.
    socket.resume();
  });
}
