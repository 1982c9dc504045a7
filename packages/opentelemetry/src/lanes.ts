import type { LimiterPaceMessage, LimiterQueueMessage } from 'schmoozer/diagnostics';
import type { KeySeries, Labels } from './labels.js';

interface Lane {
  queued: number;
  inFlight: number;
  readonly series: KeySeries;
}

/** The load of limiters, summed by key: several limiters may have the same key. */
export class Lanes {
  readonly #labels: Labels;
  /** The lanes with waiting or running attempts, by limiter and key. */
  readonly #lanes = new Map<number, Map<string, Lane>>();

  constructor(labels: Labels) {
    this.#labels = labels;
  }

  queue({ limiterId, key, queued, inFlight }: LimiterQueueMessage): void {
    const lane = this.#lanes.get(limiterId)?.get(key) ?? this.#add(limiterId, key);
    lane.series.pending += queued - lane.queued;
    lane.series.inFlight += inFlight - lane.inFlight;
    lane.queued = queued;
    lane.inFlight = inFlight;
    if (queued + inFlight === 0) this.#delete(limiterId, key);
  }

  pace({ key, perSecond }: LimiterPaceMessage): void {
    if (Number.isFinite(perSecond)) this.#labels.ofKey(key).perSecond = perSecond;
  }

  #add(limiterId: number, key: string): Lane {
    const lanes = this.#lanes.get(limiterId) ?? new Map<string, Lane>();
    this.#lanes.set(limiterId, lanes);
    const series = this.#labels.ofKey(key);
    series.hasQueue = true;
    const lane = { queued: 0, inFlight: 0, series };
    lanes.set(key, lane);
    return lane;
  }

  #delete(limiterId: number, key: string): void {
    const lanes = this.#lanes.get(limiterId);
    lanes?.delete(key);
    if (lanes?.size === 0) this.#lanes.delete(limiterId);
  }
}
