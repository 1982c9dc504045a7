import type { Totals } from '../protocol.js';
import { TrackedActor } from './actor.js';
import { Children } from './children.js';
import { Definitions } from './definitions.js';
import type { Frame } from './frame.js';
import type { Limits } from './limits.js';
import { Queue } from './queue.js';
import { keyOf, messageOf, recordOf, type Stored } from './record.js';
import { Retention } from './retention.js';

export interface StoredMessage {
  readonly family: string;
  readonly json: string;
}

/** What a frame led to. */
export interface Change {
  readonly actor: TrackedActor;
  readonly record: Stored;
  readonly message: StoredMessage | undefined;
  readonly removed: readonly TrackedActor[];
  /** Children that ended by it. */
  readonly stopped: readonly TrackedActor[];
}

/** Everything that is known of the actors, within bounds. */
export class History {
  readonly actors = new Map<string, TrackedActor>();
  readonly messages = new Queue<StoredMessage>();
  rejected = 0;
  /** Events of which apps say that they could not send them. */
  missed = 0;
  readonly #limits: Limits;
  readonly #retention: Retention;
  readonly #children = new Children();
  readonly #definitions = new Definitions();
  #seq = 0;

  constructor(limits: Limits) {
    this.#limits = limits;
    this.#retention = new Retention(limits);
  }

  totals(producers: number): Totals {
    return {
      actors: this.actors.size,
      ...this.#retention.totals,
      rejected: this.rejected,
      missed: this.missed,
      producers,
    };
  }

  take(producer: string, frame: Frame): Change {
    this.#seq += 1;
    const key = keyOf(producer, frame.sessionId);
    const known = this.actors.get(key);
    const removed = known ? [] : this.#makeRoom();
    const actor = known ?? new TrackedActor(key, producer, frame.sessionId);
    this.actors.set(key, actor);
    actor.take(frame);
    if (frame.kind === 'actor') this.#definitions.define(actor, frame.definition);
    const record = { seq: this.#seq, json: JSON.stringify(recordOf(producer, frame, this.#seq)) };
    this.#retention.keep(actor, record);
    const message = frame.kind === 'event' ? this.#keepMessage(actor, frame) : undefined;
    return { actor, record, message, removed, stopped: this.#children.take(actor, frame) };
  }

  #keepMessage({ family, producer }: TrackedActor, frame: Frame & { kind: 'event' }) {
    const message = { family, json: JSON.stringify(messageOf(producer, frame, this.#seq)) };
    this.messages.push(message);
    if (this.messages.length > this.#limits.messages) this.messages.shift();
    return message;
  }

  /** Those that ended go first, then the oldest. */
  #makeRoom(): TrackedActor[] {
    if (this.actors.size < this.#limits.actors) return [];
    const all = [...this.actors.values()];
    const leaving = all.find((actor) => actor.hasEnded) ?? all[0];
    if (leaving === undefined) return [];
    this.#retention.dropAll(leaving);
    this.#definitions.define(leaving, undefined);
    this.#children.delete(leaving);
    this.actors.delete(leaving.key);
    return [leaving];
  }
}
