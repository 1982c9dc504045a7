import type { ReconnectOptions } from '../machine/settings.js';
import type { ReconnectCommand } from '../machine/vocabulary.js';
import type { VirtualClock } from './virtualClock.js';

/** A subscription that can be ended. */
interface Listening {
  unsubscribe(): void;
}

/**
 * The actor of a link, of either engine: alone, invoked or spawned. The type is loose on purpose: `system.get('link')`
 * and `getSnapshot().children.link` fit.
 */
export interface ModelTestLink {
  /** The state of the link now. */
  getSnapshot(): object;
  /** Takes commands. */
  send(command: ReconnectCommand): void;
  /** Reports the end of each session. */
  on(type: 'connection.closed', handler: (event: { readonly type: string }) => void): Listening;
  /** Reports each change of the state. */
  subscribe(observer: { next?(snapshot: never): void }): Listening;
}

/** An app, or a component, that contains a link: the result of `create`. */
export interface ModelTestApp {
  /**
   * Finds the link; undefined while there is none. It is called at each check, and the latest link is remembered, so
   * that an app may drop a link that has ended. A new link that starts without a command, after another has ended,
   * fails the path.
   */
  link(): ModelTestLink | undefined;
  /** Sends a command in the way a user of the app does. Default: sends it to the link. */
  send?(command: ReconnectCommand): void | PromiseLike<void>;
  /** Stops the app at once, at the end of every path; it must leave no timer. Default: does nothing. */
  stop?(): void | PromiseLike<void>;
}

/** The argument of `create`. */
export interface ModelTestKit<TWorld> {
  /** The result of `world()` for this path. */
  readonly world: TWorld;
  /** For `createActor`: the timers of the app and of its link. */
  readonly clock: VirtualClock;
  /** The time of `clock` in milliseconds. */
  readonly now: () => number;
  /** For the link: the test's `options`, a backoff, `now`, and a source of random numbers that always returns 0.5. */
  readonly options: ReconnectOptions;
  /** For `createActor`: receives errors of listeners and releases, which fail the path. */
  readonly logger: (...args: unknown[]) => void;
}
