import { eventOf } from './eventOf.js';
import type { InspectedActor } from './inspectionEvent.js';
import { currentSnapshot } from './liveActors.js';
import { frame, FORMAT, registration } from './messages.js';
import type { Settings } from './options.js';
import type { Fields } from './pick.js';
import { snapshotOf } from './snapshotOf.js';

/** A link that is not an XState actor: one of `schmoozer/compiled`. */
export interface WatchableLink {
  /** The name of the actor. */
  readonly id: string;
  /** The state of the link now. */
  getSnapshot(): unknown;
  /** Takes the commands that the page sends. */
  send(event: never): void;
  /** Reports every event of the link. */
  on(type: '*', listener: (event: { readonly type: string }) => void): { unsubscribe(): void };
  /** Reports each change of the state, and the end. */
  subscribe(observer: { next(): void; error(error: unknown): void; complete(): void }): {
    unsubscribe(): void;
  };
}

/** Maximum number of emitted events sent before one frame. */
const MAX_EMITTED = 50;

let watchedLinks = 0;

/** One watched link: its emitted events, and its state after them. */
export class Watched {
  /** An object that looks like an XState actor to the code that creates frames. */
  readonly actor: InspectedActor;
  readonly #settings: Settings;
  readonly #link: WatchableLink;

  constructor(link: WatchableLink, settings: Settings) {
    this.#link = link;
    this.#settings = settings;
    this.actor = {
      id: link.id,
      sessionId: `compiled:${++watchedLinks}`,
      system: undefined,
      getSnapshot: () => link.getSnapshot(),
      send: (event: never) => link.send(event),
    } as InspectedActor;
  }

  /**
   * Sends a frame now and after each change; returns a function that ends this. `onEnd` is called when the link has
   * ended.
   */
  follow(send: (make: () => string) => void, onEnd: () => void): () => void {
    send(() => this.registration());
    const emitted: { readonly type: string }[] = [];
    const heard = this.#link.on('*', (event) => {
      if (emitted.length < MAX_EMITTED) emitted.push(event);
    });
    const changed = () => {
      // Also emptied without a server, so that events do not accumulate.
      const events = emitted.splice(0);
      send(() => this.#changed(events));
    };
    const end = () => {
      heard.unsubscribe();
      onEnd();
    };
    const last = () => {
      changed();
      end();
    };
    const seen = this.#link.subscribe({ next: changed, error: last, complete: last });
    return () => {
      seen.unsubscribe();
      end();
    };
  }

  registration(): string {
    return registration(this.actor, this.actor.sessionId, this.#settings);
  }

  #changed(events: readonly { readonly type: string }[]): string {
    const { allow } = this.#settings;
    const emitted: Fields[] = events.map((event) => eventOf(event, allow));
    return frame(
      { type: '@xstate.snapshot', actorRef: this.actor, rootId: this.actor.sessionId },
      {
        ...FORMAT,
        event: emitted.at(-1) ?? { type: '' },
        snapshot: snapshotOf(currentSnapshot(this.actor), allow),
        ...(emitted.length > 0 && { _emitted: emitted }),
      },
    );
  }
}
