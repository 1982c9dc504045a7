import type { Attempt } from '../../connector.js';
import { untilAborted } from '../untilAborted.js';
import { closeErrorOf } from './close.js';
import type { Link } from './link.js';
import type { WebSocketConnectorOptions } from './options.js';
import type { LinkSession } from './session.js';

type Handshake = NonNullable<WebSocketConnectorOptions<unknown>['handshake']>;

/**
 * Resolves when the user's handshake is done and the WebSocket is still open.
 *
 * @throws what the handshake throws; what closed the WebSocket; the signal's reason once it is aborted
 */
export async function shakeHands(
  handshake: Handshake,
  link: Link,
  session: LinkSession,
  attempt: Attempt,
): Promise<void> {
  await untilAborted(handshake(session.within(attempt), attempt), attempt.signal);
  if (link.close !== undefined) throw closeErrorOf(link.close);
}
