import type { Duplex } from 'node:stream';
import { clearTimeout, setTimeout } from 'node:timers';

/**
 * Sends what is still buffered and our end, waits for the peer's, then destroys the socket.
 *
 * @param timeoutMs how long to wait for the peer, in milliseconds
 */
export function closeSocket(socket: Duplex, timeoutMs: number): Promise<void> | undefined {
  if (socket.closed) return undefined;
  return new Promise((resolve) => {
    // A timer of the system and not of the actor: the socket lives in real time as well.
    const timer = setTimeout(() => socket.destroy(), timeoutMs);
    socket.once('close', () => {
      clearTimeout(timer);
      resolve();
    });
    socket.end();
    // What the session did not read would hide the peer's end.
    socket.resume();
  });
}
