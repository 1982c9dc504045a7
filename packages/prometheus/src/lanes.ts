import type { LimiterPaceMessage, LimiterQueueMessage } from 'schmoozer/diagnostics';
import { OTHER, type Labels } from './labels.js';

interface Sum {
  queued: number;
  inFlight: number;
  perSecond: number | undefined;
}

interface Lane {
  queued: number;
  inFlight: number;
  readonly sum: Sum;
}

/** The load of limiters, summed by key: several limiters may have the same key. */
export class Lanes {
  readonly #labels: Labels;
  /** The lanes with waiting or running attempts, by limiter and key. */
  readonly #lanes = new Map<number, Map<string, Lane>>();
  readonly #sums = new Map<string, Sum>();

  constructor(labels: Labels) {
    this.#labels = labels;
  }

  queue({ limiterId, key, queued, inFlight }: LimiterQueueMessage): void {
    const lane = this.#lanes.get(limiterId)?.get(key) ?? this.#add(limiterId, key);
    lane.sum.queued += queued - lane.queued;
    lane.sum.inFlight += inFlight - lane.inFlight;
    lane.queued = queued;
    lane.inFlight = inFlight;
    if (queued + inFlight === 0) this.#delete(limiterId, key);
  }

  pace({ key, perSecond }: LimiterPaceMessage): void {
    this.#sumOf(key).perSecond = perSecond;
  }

  *pending(): Iterable<readonly [key: string, attempts: number]> {
    for (const [key, { queued }] of this.#sums) yield [key, queued];
  }

  *inFlight(): Iterable<readonly [key: string, attempts: number]> {
    for (const [key, { inFlight }] of this.#sums) yield [key, inFlight];
  }

  /** The rate of each key; a sum over several keys would have no meaning. */
  *rates(): Iterable<readonly [key: string, perSecond: number]> {
    for (const [key, { perSecond }] of this.#sums) {
      if (perSecond !== undefined && key !== OTHER) yield [key, perSecond];
    }
  }

  #add(limiterId: number, key: string): Lane {
    const lanes = this.#lanes.get(limiterId) ?? new Map<string, Lane>();
    this.#lanes.set(limiterId, lanes);
    const lane = { queued: 0, inFlight: 0, sum: this.#sumOf(key) };
    lanes.set(key, lane);
    return lane;
  }

  #delete(limiterId: number, key: string): void {
    const lanes = this.#lanes.get(limiterId);
    lanes?.delete(key);
    if (lanes?.size === 0) this.#lanes.delete(limiterId);
  }

  #sumOf(key: string): Sum {
    const shown = this.#labels.key(key);
    const known = this.#sums.get(shown);
    if (known !== undefined) return known;
    const made = { queued: 0, inFlight: 0, perSecond: undefined };
    this.#sums.set(shown, made);
    return made;
  }
}
