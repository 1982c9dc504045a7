import type { WebSocketLike } from './socketLike.js';

/** What is known of the bytes of a socket. */
export interface Traffic {
  readonly socket: WebSocketLike;
  /** Messages, pings and pongs that came in. */
  readonly received: number;
  /** What was sent and did not go out at once, in bytes. */
  readonly accepted: number;
}

/** What `ws` knows and does not promise: looked for, and never needed. */
interface Inner {
  readonly _socket?: {
    readonly bytesRead?: number;
    readonly _handle?: Handle | null;
  } | null;
}

interface Handle {
  readonly writeQueueSize?: number;
  /** What is below TLS: that takes a message whole, and says so only when all of it has gone out. */
  readonly _parent?: Handle | null;
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
    // oxlint-disable-next-line no-underscore-dangle -- `ws` reports a message only when it has gone out whole
    const now = accepted - bufferedAmount - queuedIn(tcpOf(owner)?._handle);
    if (waited > 0 && now !== gone) falls++;
    waited = bufferedAmount;
    gone = now;
    return falls;
  };
}

/** Counts signs of life: what came in, whole messages or only bytes, and what moved on its way out. */
export function createSigns(owner: Traffic): () => number {
  const falls = createFalls(owner);
  return () => owner.received + (tcpOf(owner)?.bytesRead ?? 0) + falls();
}

function queuedIn(handle: Handle | null | undefined): number {
  if (!handle) return 0;
  // oxlint-disable-next-line no-underscore-dangle -- nothing public says so
  return (handle.writeQueueSize ?? 0) + queuedIn(handle._parent);
}

function tcpOf({ socket }: Traffic): Inner['_socket'] {
  // oxlint-disable-next-line no-underscore-dangle -- nothing public says so
  return (socket as Inner)._socket;
}
