import { Lease } from '../actors/lease.js';
import { signalOf } from '../core/signalOf.js';
import { LinkEndedError } from './linkEndedError.js';
import type { ReconnectTag } from './vocabulary.js';
import { type Ending, endOf } from './whenEnded.js';

/** How long to wait for a connection. */
export interface OpenedOptions {
  /** Aborts the wait: the promise rejects with the signal's reason. Default: none. */
  readonly signal?: AbortSignal;
}

/** A boxed connection: the connection itself may be undefined. */
interface Live {
  readonly connection: unknown;
}

/** The connection of an online session. */
export function liveConnection(
  tags: ReadonlySet<ReconnectTag>,
  lease: Lease | undefined,
): Live | undefined {
  if (lease === undefined || !tags.has('online')) return undefined;
  const isHeld = lease.state === 'offered' || lease.state === 'taken';
  return isHeld ? { connection: Lease.connection(lease) } : undefined;
}

interface OpeningActor {
  getSnapshot(): Ending;
  on(type: 'connection.opened', listener: () => void): { unsubscribe(): void };
  subscribe(observer: { error(): void; complete(): void }): { unsubscribe(): void };
}

/**
 * Resolves to the current connection, or to the next one.
 *
 * @throws LinkEndedError when the link ends without another connection, or has ended; throws the reason of
 * `options.signal`, once that is aborted
 */
export function whenOpened(
  actor: OpeningActor,
  live: () => Live | undefined,
  options: OpenedOptions = {},
): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const signal = signalOf(options);
    signal?.throwIfAborted();
    const open = () => {
      const found = live();
      if (found === undefined) return false;
      resolve(found.connection);
      return true;
    };
    const end = () => {
      const output = endOf(actor.getSnapshot());
      if (output === undefined) return false;
      reject(new LinkEndedError(output));
      return true;
    };
    if (end() || open()) return;
    const abort = () => over(() => reject(signal?.reason));
    const subscriptions = [
      actor.on('connection.opened', () => over(open)),
      actor.subscribe({ error: () => over(end), complete: () => over(end) }),
    ];
    signal?.addEventListener('abort', abort);
    function over(settle: () => void): void {
      for (const subscription of subscriptions) subscription.unsubscribe();
      signal?.removeEventListener('abort', abort);
      settle();
    }
  });
}
