import type { ReconnectEmitted } from '../../machine/vocabulary.js';

type Named<TEvent> = TEvent extends unknown ? TEvent & { readonly name: string } : never;

/** What a group tells of: what each of its links emits, with the link's name, and what becomes of the links. */
export type GroupEmitted =
  | Named<ReconnectEmitted>
  | {
      /** The group has this link; it is started now, or when its turn comes. */
      readonly type: 'link.added';
      /** The name of the link. */
      readonly name: string;
    }
  | {
      /** The link has been removed and its connection released. */
      readonly type: 'link.removed';
      /** The name of the link. */
      readonly name: string;
    }
  | {
      /** The link has ended in failure, and rests before its restart. */
      readonly type: 'restart.scheduled';
      /** The name of the link. */
      readonly name: string;
      /** Restarts within `periodMs`, this one included. */
      readonly restarts: number;
      /** Milliseconds until the restart. */
      readonly delayMs: number;
      /** What ended the link, or what the function that makes its connector threw. */
      readonly error: unknown;
    }
  | {
      /** A new link takes the place of one that has ended. */
      readonly type: 'link.restarted';
      /** The name of the link. */
      readonly name: string;
      /** Restarts within `periodMs`, this one included; 0 after `restart(name)`. */
      readonly restarts: number;
    }
  | {
      /** The link has ended in failure once too often: it is not restarted any more. */
      readonly type: 'link.givenUp';
      /** The name of the link. */
      readonly name: string;
      /** What ended it. */
      readonly error: unknown;
    }
  | {
      /** The last event of all: every link has ended, and every connection is released. */
      readonly type: 'group.ended';
      readonly output: GroupOutput;
    };

/** How a group ended. */
export type GroupOutput = {
  /** The names of links that were cut off, as they had not ended by the deadline. */
  readonly late: readonly string[];
} & (
  | { /** By `stop`. */ readonly status: 'stopped'; readonly reason?: unknown }
  | {
      /** Its links failed too often: see `restart.scope`. */
      readonly status: 'failed';
      /** The link that failed last. */
      readonly name: string;
      readonly error: unknown;
    }
);
