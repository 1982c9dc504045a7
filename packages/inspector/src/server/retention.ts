import type { TrackedActor } from './actor.js';
import type { Limits } from './limits.js';
import { Queue } from './queue.js';
import type { Stored } from './record.js';

interface Place {
  readonly actor: TrackedActor;
  readonly seq: number;
}

/** Keeps the records of all actors within their limits: the oldest are removed first. */
export class Retention {
  readonly #limits: Limits;
  /** All records by age. */
  readonly #order = new Queue<Place>();
  #kept = 0;
  #keptBytes = 0;
  #dropped = 0;

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  get totals(): { kept: number; keptBytes: number; dropped: number } {
    return { kept: this.#kept, keptBytes: this.#keptBytes, dropped: this.#dropped };
  }

  keep(actor: TrackedActor, record: Stored): void {
    actor.records.push(record);
    this.#order.push({ actor, seq: record.seq });
    this.#kept += 1;
    this.#keptBytes += record.bytes;
    if (actor.records.length > this.#limits.recordsPerActor) this.#drop(actor);
    while (this.#isOver()) {
      const oldest = this.#order.shift();
      if (oldest && !isStale(oldest)) this.#drop(oldest.actor);
    }
    // Positions of records that an actor's own limit has removed accumulate behind the oldest record of a quiet actor.
    if (this.#order.length > 2 * this.#kept + 1000) {
      this.#order.filter((place) => !isStale(place));
    }
  }

  dropAll(actor: TrackedActor): void {
    while (actor.records.length > 0) this.#drop(actor);
  }

  /** The last record stays, whatever its size: the limits of a frame apply to it. */
  #isOver(): boolean {
    const { records, bytes } = this.#limits;
    return this.#kept > 1 && (this.#kept > records || this.#keptBytes > bytes);
  }

  #drop(actor: TrackedActor): void {
    const record = actor.records.shift();
    if (record === undefined) return;
    actor.drop(record.seq);
    this.#dropped += 1;
    this.#kept -= 1;
    this.#keptBytes -= record.bytes;
  }
}

/** True if its record has been removed. */
function isStale({ actor, seq }: Place): boolean {
  const first = actor.records.first;
  return first === undefined || first.seq > seq;
}
