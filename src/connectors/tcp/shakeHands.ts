import type { Duplex } from 'node:stream';
import type { ConnectContext } from '../../core/connector.js';
import { untilAborted } from '../../core/untilAborted.js';
import { closeErrorOf } from './errors.js';

/**
 * Resolves when the user's handshake has finished, and the socket has data or may still receive some.
 *
 * @throws the error of the handshake; the error that closed the socket; the signal's reason once it is aborted
 */
export async function shakeHands<TSocket extends Duplex>(
  handshake: (socket: TSocket, attempt: ConnectContext) => PromiseLike<unknown>,
  socket: TSocket,
  attempt: ConnectContext,
): Promise<void> {
  await untilAborted(Promise.resolve(handshake(socket, attempt)), attempt);
  if (socket.destroyed || (socket.readableEnded && !socket.allowHalfOpen)) {
    throw closeErrorOf(socket);
  }
}
