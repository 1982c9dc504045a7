import { eventOf } from './eventOf.js';
import type { ActionEvent } from './inspectionEvent.js';
import type { Settings } from './options.js';
import { cut, type Fields, ownValue } from './pick.js';

/** Maximum number of actions, and of emitted events, that are sent for one step. */
const MAX_DOINGS = 50;
/** XState's built-in actions, whose effects are shown elsewhere: timers, children, changes of the context. */
const SEEN_ELSEWHERE = /^xstate\.(?:raise|cancel|spawnChild|stopChild|assign)$/;

/** The actions of unfinished steps: XState reports each action before the snapshot. */
export class Doings {
  readonly #open = new WeakMap<object, { actions: string[]; emitted: Fields[] }>();

  note({ actorRef, action }: ActionEvent, allow: Settings['allow']): void {
    if (SEEN_ELSEWHERE.test(action.type)) return;
    const done = this.#open.get(actorRef) ?? { actions: [], emitted: [] };
    this.#open.set(actorRef, done);
    if (action.type === 'xstate.emit') {
      const event = ownValue(Object(action.params) as object, 'event');
      if (done.emitted.length < MAX_DOINGS)
        done.emitted.push(eventOf(Object(event) as object, allow));
    } else if (done.actions.length < MAX_DOINGS) done.actions.push(cut(action.type));
  }

  /** Returns the fields for the snapshot that ends an actor's step. */
  take(actorRef: object): Fields {
    const { actions = [], emitted = [] } = this.#open.get(actorRef) ?? {};
    this.#open.delete(actorRef);
    return {
      ...(actions.length > 0 && { _actions: actions }),
      ...(emitted.length > 0 && { _emitted: emitted }),
    };
  }
}
