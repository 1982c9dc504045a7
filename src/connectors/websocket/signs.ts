import { nodeSide } from './nodeSide.js';
import type { WebSocketLike } from './socketLike.js';

/** What is known of the bytes of a socket. */
export interface Traffic {
  readonly socket: WebSocketLike;
  /** Messages, pings and pongs that came in. */
  readonly received: number;
  /** What was sent and did not go out at once, in bytes. */
  readonly accepted: number;
}

/**
 * Counts how often what waits to go out was seen to move. What waits only since the last look says nothing: the system
 * takes some of it also for a peer that is gone.
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

/** Counts signs of life: what came in, whole messages or only bytes, and what moved on its way out. */
export function createSigns(owner: Traffic): () => number {
  const falls = createFalls(owner);
  return () => owner.received + nodeSide.bytesRead(owner.socket) + falls();
}
