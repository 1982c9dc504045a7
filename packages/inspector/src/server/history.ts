import type { ActorRecord, Message, Totals } from '../protocol.js';
import { TrackedActor } from './actor.js';
import type { Frame } from './frame.js';
import { Queue } from './queue.js';

/** How much is kept; what is over it makes room, oldest first, and is counted. */
export interface Limits {
  readonly recordsPerActor: number;
  readonly records: number;
  readonly bytes: number;
  readonly actors: number;
  readonly messages: number;
}

export interface Stored {
  readonly seq: number;
  /** As it goes to the pages: written once, not once per page. */
  readonly json: string;
}

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
  readonly #order = new Queue<{ actor: TrackedActor; seq: number }>();
  readonly #children = new Map<string, Set<TrackedActor>>();
  /** A thousand actors of one machine share one text. */
  readonly #definitions = new Map<string, { text: string; users: number }>();
  #seq = 0;
  #kept = 0;
  #keptBytes = 0;
  #dropped = 0;

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  totals(producers: number): Totals {
    return {
      actors: this.actors.size,
      kept: this.#kept,
      keptBytes: this.#keptBytes,
      dropped: this.#dropped,
      rejected: this.rejected,
      missed: this.missed,
      producers,
    };
  }

  take(producer: string, frame: Frame): Change {
    const key = `${producer}/${frame.sessionId}`;
    let actor = this.actors.get(key);
    const removed = actor ? [] : this.#makeRoom();
    if (actor === undefined) {
      actor = new TrackedActor(key, producer, frame.sessionId);
      this.actors.set(key, actor);
    }
    actor.take(frame);
    if (frame.kind === 'actor') this.#define(actor, frame.definition);
    this.#seq += 1;
    const record = this.#keep(actor, recordOf(producer, frame, this.#seq));
    const message = frame.kind === 'event' ? this.#keepMessage(actor, producer, frame) : undefined;
    return { actor, record, message, removed, stopped: this.#stopChildren(actor, frame) };
  }

  #keep(actor: TrackedActor, content: ActorRecord): Stored {
    const record = { seq: this.#seq, json: JSON.stringify(content) };
    actor.records.push(record);
    this.#order.push({ actor, seq: this.#seq });
    this.#kept += 1;
    this.#keptBytes += record.json.length;
    if (actor.records.length > this.#limits.recordsPerActor) this.#drop(actor);
    while (
      this.#kept > 1 &&
      (this.#kept > this.#limits.records || this.#keptBytes > this.#limits.bytes)
    ) {
      const oldest = this.#order.shift();
      if (oldest?.actor.records.first?.seq === oldest?.seq) this.#drop(oldest?.actor);
    }
    // Places of records that an actor's own bound has dropped: they must not pile up.
    while (this.#order.first && isStale(this.#order.first)) this.#order.shift();
    return record;
  }

  #keepMessage(
    actor: TrackedActor,
    producer: string,
    frame: Frame & { kind: 'event' },
  ): StoredMessage {
    const message: Message = {
      seq: this.#seq,
      at: frame.at,
      ...(frame.sourceId !== undefined && { from: `${producer}/${frame.sourceId}` }),
      to: actor.key,
      type: frame.event.type,
    };
    const stored = { family: actor.family, json: JSON.stringify(message) };
    this.messages.push(stored);
    if (this.messages.length > this.#limits.messages) this.messages.shift();
    return stored;
  }

  /** A parent that has ended or no longer lists a child, or that has a newer one of the same name. */
  #stopChildren(actor: TrackedActor, frame: Frame): TrackedActor[] {
    const stopped: TrackedActor[] = [];
    const stop = (child: TrackedActor) => {
      if (child.status !== 'active') return;
      child.stop();
      stopped.push(child);
    };
    if (frame.kind === 'actor' && actor.parent !== undefined) {
      const siblings = this.#children.get(actor.parent) ?? new Set();
      for (const sibling of siblings)
        if (sibling.name === actor.name && sibling !== actor) stop(sibling);
      this.#children.set(actor.parent, siblings.add(actor));
    }
    if (frame.kind !== 'snapshot') return stopped;
    for (const child of this.#children.get(actor.key) ?? []) {
      const isListed =
        frame.children === undefined ||
        frame.children.includes(child.name) ||
        frame.children.includes(child.sessionId);
      if (!isListed || actor.status !== 'active') stop(child);
      if (child.status !== 'active') this.#children.get(actor.key)?.delete(child);
    }
    return stopped;
  }

  #drop(actor: TrackedActor | undefined): void {
    const record = actor?.records.shift();
    if (actor === undefined || record === undefined) return;
    actor.dropped += 1;
    this.#dropped += 1;
    this.#kept -= 1;
    this.#keptBytes -= record.json.length;
  }

  /** Those that ended go first, then the oldest. */
  #makeRoom(): TrackedActor[] {
    if (this.actors.size < this.#limits.actors) return [];
    const all = [...this.actors.values()];
    const leaving = all.find((actor) => actor.hasEnded) ?? all[0];
    if (leaving === undefined) return [];
    while (leaving.records.length > 0) this.#drop(leaving);
    this.#define(leaving, undefined);
    this.actors.delete(leaving.key);
    this.#children.delete(leaving.key);
    this.#children.get(leaving.parent ?? '')?.delete(leaving);
    return [leaving];
  }

  #define(actor: TrackedActor, text: string | undefined): void {
    const before = actor.definition === null ? undefined : this.#definitions.get(actor.definition);
    if (before && --before.users === 0) this.#definitions.delete(before.text);
    if (text === undefined) {
      actor.definition = null;
      return;
    }
    const entry = this.#definitions.get(text) ?? { text, users: 0 };
    entry.users += 1;
    this.#definitions.set(text, entry);
    actor.definition = entry.text;
  }
}

function isStale({ actor, seq }: { actor: TrackedActor; seq: number }): boolean {
  const first = actor.records.first;
  return first === undefined || first.seq > seq;
}

function recordOf(producer: string, frame: Frame, seq: number): ActorRecord {
  const stamp = { seq, at: frame.at };
  switch (frame.kind) {
    case 'actor':
      return {
        ...stamp,
        kind: 'actor',
        snapshot: frame.snapshot,
        ...(frame.after && { after: frame.after }),
      };
    case 'event':
      return {
        ...stamp,
        kind: 'event',
        event: frame.event,
        ...(frame.sourceId !== undefined && { from: `${producer}/${frame.sourceId}` }),
      };
    case 'snapshot':
      return {
        ...stamp,
        kind: 'snapshot',
        event: frame.event,
        snapshot: frame.snapshot,
        ...(frame.after && { after: frame.after }),
      };
    case 'microstep':
      return {
        ...stamp,
        kind: 'microstep',
        transitions: frame.transitions,
        snapshot: frame.snapshot,
        ...(frame.after && { after: frame.after }),
      };
  }
}
