import { Continue, type RunContext } from 'schmoozer';
import { createReconnectActor } from 'schmoozer/compiled';
import { exclusive, type FencedContext, type Lock } from 'schmoozer/exclusive';
import type { Group } from 'schmoozer/group';

export interface LeaderOptions {
  readonly lock: Lock;
  readonly name: string;
  /** The `lifeMs` of the lock. */
  readonly lifeMs: number;
  /** Makes the group when this process becomes the leader; `fence` is for its servers. */
  readonly makeGroup: (fence: number) => Group;
}

/** A group that exists only in the process that holds the lock; its connection is the group. */
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
