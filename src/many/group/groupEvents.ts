import type { ReconnectEmitted } from '../../machine/vocabulary.js';

type Named<TEvent> = TEvent extends unknown ? TEvent & { readonly name: string } : never;

/** The events of a group: those that each of its links emits, with the link's name, and those about the links. */
export type GroupEmitted =
  | Named<ReconnectEmitted>
  | {
      /** The link was added to the group; it starts now, or when it is its turn. */
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
      /** The link has failed, and rests before its restart. */
      readonly type: 'restart.scheduled';
      /** The name of the link. */
      readonly name: string;
      /** Number of restarts within `periodMs`, including this one. */
      readonly restarts: number;
      /** Time until the restart, in milliseconds. */
      readonly delayMs: number;
      /** The error that ended the link, or that the function for its connector threw. */
      readonly error: unknown;
    }
  | {
      /** A new link replaces one that has ended. */
      readonly type: 'link.restarted';
      /** The name of the link. */
      readonly name: string;
      /** Number of restarts within `periodMs`, including this one; 0 after `restart(name)`. */
      readonly restarts: number;
    }
  | {
      /** The link has failed too often: it is not restarted again. */
      readonly type: 'link.givenUp';
      /** The name of the link. */
      readonly name: string;
      /** Number of restarts within `periodMs`: `intensity`. */
      readonly restarts: number;
      /** What ended it. */
      readonly error: unknown;
    }
  | {
      /**
       * The last event of a group: every link has ended. Every connection has been released, unless its release took
       * longer than `gracePeriodMs`, or its link is in `output.late`.
       */
      readonly type: 'group.ended';
      readonly output: GroupOutput;
    };

/** How a group ended. */
export type GroupOutput = {
  /** The names of links that were cut off because they had not ended by the deadline. */
  readonly late: readonly string[];
} & (
  | {
      /** The group was stopped by `stop`. */ readonly status: 'stopped';
      readonly reason?: unknown;
    }
  | {
      /** The links failed too often: see `restart.scope`. */
      readonly status: 'failed';
      /** The link that failed last. */
      readonly name: string;
      readonly error: unknown;
    }
);
