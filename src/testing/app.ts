import type { ReconnectOptions } from '../machine/settings.js';
import type { ReconnectCommand } from '../machine/vocabulary.js';
import type { VirtualClock } from './virtualClock.js';

/** What a listener can be taken back by. */
interface Listening {
  unsubscribe(): void;
}

/**
 * The actor of a link, of either engine: alone, invoked or spawned. Loose on purpose: `system.get('link')` and
 * `getSnapshot().children.link` fit.
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

/** An app, or a component, that has a link inside: what `create` answers. */
export interface ModelTestApp {
  /**
   * Finds the link; undefined while there is none. It is asked again at each look, and the latest link is kept in mind,
   * so that an app may drop a link that has ended. One that begins by itself after the end of another fails the path.
   */
  link(): ModelTestLink | undefined;
  /** Passes a command on as a user of the app does. Default: sends it to the link. */
  send?(command: ReconnectCommand): void | PromiseLike<void>;
  /** Takes the app down at once, at the end of every path; no timer of its own may be left then. Default: nothing. */
  stop?(): void | PromiseLike<void>;
}

/** What an app is made with. */
export interface ModelTestKit<TWorld> {
  /** What `world()` has made for this path. */
  readonly world: TWorld;
  /** For `createActor`: the timers of the app and of its link. */
  readonly clock: VirtualClock;
  /** Milliseconds on that clock. */
  readonly now: () => number;
  /** For the link: `options` of the test, the backoff of the kit, `now`, and chance that always answers 0.5. */
  readonly options: ReconnectOptions;
  /** For `createActor`: hears of listeners and releases that threw, which fails the path. */
  readonly logger: (...args: unknown[]) => void;
}
