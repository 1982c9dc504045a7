import { nodeSide } from './nodeSide.js';
import type { WebSocketLike } from './socketLike.js';

/** Known counts of a socket's bytes. */
export interface Traffic {
  readonly socket: WebSocketLike;
  /** Number of received messages, pings and pongs. */
  readonly received: number;
  /** Bytes that were sent and did not leave at once. */
  readonly accepted: number;
}

/**
 * Counts how often unsent data was seen to shrink. Data that is new since the last check does not count, because the
 * system accepts some of it even for a dead peer.
 */
export function createFalls(owner: Traffic): () => number {
  let falls = 0;
  let waited = 0;
  let gone = 0;
  return () => {
    const { socket, accepted } = owner;
    const { bufferedAmount } = socket;
    const now = accepted - bufferedAmount - nodeSide.bytesQueued(socket);
    if (waited > 0 && now !== gone) falls++;
    waited = bufferedAmount;
    gone = now;
    return falls;
  };
}

/** Counts signs of life: received messages or bytes, and unsent data that shrank. */
export function createSigns(owner: Traffic): () => number {
  const falls = createFalls(owner);
  return () => owner.received + nodeSide.bytesRead(owner.socket) + falls();
}
