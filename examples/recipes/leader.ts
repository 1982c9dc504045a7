import { Continue, type RunContext } from 'schmoozer';
import { createReconnectActor } from 'schmoozer/compiled';
import { exclusive, type FencedContext, type Lock } from 'schmoozer/exclusive';
import type { Group } from 'schmoozer/group';

export interface LeaderOptions {
  readonly lock: Lock;
  readonly name: string;
  /** The `lifeMs` of the lock. */
  readonly lifeMs: number;
  /**
   * Makes the group when this process becomes the leader. `fence` grows with each leader: send it to the servers, so
   * that they can refuse an earlier leader.
   */
  readonly makeGroup: (fence: number) => Group;
}

/** A link that holds the lock, and whose connection is the group: only the leader has the group. */
export function leader({ lock, name, lifeMs, makeGroup }: LeaderOptions) {
  const connector = {
    connect: async ({ fence }: FencedContext) => makeGroup(fence),
    run: (_group: Group, { signal }: RunContext) =>
      new Promise<Continue>((resolve) => {
        signal.addEventListener('abort', () => resolve(Continue()));
      }),
    // Another process may begin when a fifth of the lock's life has passed since the loss.
    disconnect: async (group: Group) => {
      await group.stop({ deadlineMs: Math.min(0.15 * lifeMs, 4000) });
    },
  };
  return createReconnectActor(exclusive(connector, { lock, name }));
}
