import type { Duplex } from 'node:stream';
import { signalOf } from '../../core/signalOf.js';
import { failureOf } from './errors.js';

/**
 * Resolves when the socket has closed, even if that was earlier. Something must read the socket, or the peer's end is
 * never noticed.
 *
 * @param options.signal aborts the wait, not the socket
 * @throws the error that closed the socket; the signal's reason, once the signal is aborted. The call itself throws
 * InvalidOptionError when an option is unknown or invalid
 */
export function closed(socket: Duplex, options: { signal?: AbortSignal } = {}): Promise<void> {
  const signal = signalOf(options);
  return new Promise((resolve, reject) => {
    const settle = () => {
      socket.off('close', settle);
      signal?.removeEventListener('abort', settle);
      const failure = failureOf(socket);
      if (signal?.aborted) reject(signal.reason as Error);
      else if (failure) reject(failure);
      else resolve();
    };
    if (socket.closed || signal?.aborted) return settle();
    socket.on('close', settle);
    signal?.addEventListener('abort', settle);
  });
}
