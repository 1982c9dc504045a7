import type { ActorRecord, Message, Totals } from '../protocol.js';
import { TrackedActor } from './actor.js';
import { Children } from './children.js';
import { bytesOf } from './cut.js';
import { Definitions } from './definitions.js';
import type { Frame } from './frame.js';
import type { Limits } from './limits.js';
import { Queue } from './queue.js';
import { keyOf, messageOf, recordOf, type Stored } from './record.js';
import { Retention } from './retention.js';

export interface StoredMessage extends Stored {
  readonly family: string;
}

/** The effect of a frame. */
export interface Change {
  readonly actor: TrackedActor;
  readonly record: Stored;
  readonly message: StoredMessage | undefined;
  readonly removed: readonly TrackedActor[];
  /** Children that ended with it. */
  readonly stopped: readonly TrackedActor[];
  /** True if the frame is the actor's registration. */
  readonly isAnnounced: boolean;
}

/** The stored data of all actors, within limits. */
export class History {
  readonly actors = new Map<string, TrackedActor>();
  readonly messages = new Queue<StoredMessage>();
  /** Number of frames that did not have the format, or were too large. */
  rejected = 0;
  /** Number of frames from which a part was omitted. */
  cut = 0;
  /** Number of apps and pages that were refused because there was no room. */
  turnedAway = 0;
  /** Number of internal errors: each costs one frame, not the app in which the inspector runs. */
  failed = 0;
  /** Number of events that apps report as not sent. */
  missed = 0;
  readonly #limits: Limits;
  readonly #retention: Retention;
  readonly #children = new Children();
  readonly #definitions: Definitions;
  #messageBytes = 0;
  #seq = 0;
  #failedActors = 0;

  constructor(limits: Limits) {
    this.#limits = limits;
    this.#retention = new Retention(limits);
    this.#definitions = new Definitions(limits);
  }

  addMissed(count: number): void {
    this.missed = Math.min(Number.MAX_SAFE_INTEGER, this.missed + count);
  }

  /** The number of the newest record. */
  get seq(): number {
    return this.#seq;
  }

  totals(producers: number): Totals {
    return {
      actors: this.actors.size,
      ...this.#retention.totals,
      rejected: this.rejected,
      cut: this.cut,
      turnedAway: this.turnedAway,
      failed: this.failed,
      missed: this.missed,
      producers,
      failedActors: this.#failedActors,
    };
  }

  take(producer: string, frame: Frame): Change {
    this.#seq += 1;
    const key = keyOf(producer, frame.sessionId);
    const known = this.actors.get(key);
    const removed = known ? [] : this.#makeRoom();
    const actor = known ?? new TrackedActor(key, producer, frame.sessionId, this.#limits);
    this.actors.set(key, actor);
    const hadFailed = actor.hasFailed;
    actor.take(frame);
    if (actor.hasFailed !== hadFailed) this.#failedActors += hadFailed ? -1 : 1;
    if (frame.isCut) this.cut += 1;
    if (frame.kind === 'actor') {
      this.#definitions.define(actor, frame.definition, frame.lostDefinition);
    }
    const record = this.#stored(recordOf(producer, frame, this.#seq));
    this.#retention.keep(actor, record);
    const message = frame.kind === 'event' ? this.#keepMessage(actor, frame) : undefined;
    const stopped = this.#children.take(actor, frame);
    return { actor, record, message, removed, stopped, isAnnounced: frame.kind === 'actor' };
  }

  #keepMessage({ family, producer }: TrackedActor, frame: Frame & { kind: 'event' }) {
    const message = { family, ...this.#stored(messageOf(producer, frame, this.#seq)) };
    this.messages.push(message);
    this.#messageBytes += message.bytes;
    while (this.#hasTooManyMessages()) this.#messageBytes -= this.messages.shift()?.bytes ?? 0;
    return message;
  }

  #hasTooManyMessages(): boolean {
    const { messages, messageBytes } = this.#limits;
    const { length } = this.messages;
    return length > 1 && (length > messages || this.#messageBytes > messageBytes);
  }

  #stored(what: ActorRecord | Message): Stored {
    const json = JSON.stringify(what);
    return { seq: this.#seq, json, bytes: bytesOf(json) };
  }

  /** Removes ended actors first, then the oldest. */
  #makeRoom(): TrackedActor[] {
    if (this.actors.size < this.#limits.actors) return [];
    const all = [...this.actors.values()];
    const leaving = all.find((actor) => actor.hasEnded) ?? all[0];
    if (leaving === undefined) return [];
    this.#retention.dropAll(leaving);
    this.#definitions.define(leaving, undefined);
    this.#children.delete(leaving);
    this.actors.delete(leaving.key);
    if (leaving.hasFailed) this.#failedActors -= 1;
    return [leaving];
  }
}
