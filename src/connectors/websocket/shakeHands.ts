import type { ConnectContext } from '../../core/connector.js';
import { untilAborted } from '../../core/untilAborted.js';
import { closeErrorOf } from './close.js';
import type { WebSocketConnectorOptions } from './options.js';
import type { OwnedSession } from './session.js';
import type { WebSocketBinaryType } from './socketLike.js';
import type { SocketOwner } from './socketOwner.js';

type Handshake = NonNullable<WebSocketConnectorOptions<unknown, WebSocketBinaryType>['handshake']>;

/**
 * Resolves when the user's handshake has finished, and the WebSocket is still open or has unread messages.
 *
 * @throws the error of the handshake; the error that closed the WebSocket; the signal's reason once it is aborted
 */
export async function shakeHands(
  handshake: Handshake,
  owner: SocketOwner,
  session: OwnedSession,
  attempt: ConnectContext,
): Promise<void> {
  await untilAborted(handshake(session.within(attempt), attempt), attempt);
  // Messages that arrived before the end are for `run`.
  if (owner.close !== undefined && owner.queue.bytes === 0) throw closeErrorOf(owner.close);
}
