import { eventOf } from './eventOf.js';
import type { InspectedActor } from './inspectionEvent.js';
import { currentSnapshot } from './liveActors.js';
import { frame, FORMAT, registration } from './messages.js';
import type { Settings } from './options.js';
import type { Fields } from './pick.js';
import { snapshotOf } from './snapshotOf.js';

/** A link that is no actor of XState's: one of `schmoozer/compiled`. */
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

/** Events before one frame that are sent. */
const MAX_EMITTED = 50;

let watchedLinks = 0;

/** One watched link: what it emits, and where it is afterwards. */
export class Watched {
  /** As XState's actors look to the frames. */
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

  /** Sends a frame now and with each change; answers what ends that. `onEnd` is called when the link has ended. */
  follow(send: (make: () => string) => void, onEnd: () => void): () => void {
    send(() => this.registration());
    const emitted: { readonly type: string }[] = [];
    const heard = this.#link.on('*', (event) => {
      if (emitted.length < MAX_EMITTED) emitted.push(event);
    });
    const changed = () => {
      // Taken also when no server is there: they must not pile up.
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
