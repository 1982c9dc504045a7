import type { LimiterPaceMessage, LimiterQueueMessage } from 'schmoozer/diagnostics';
import { OTHER, type Labels } from './labels.js';

interface Sum {
  queued: number;
  inFlight: number;
  perSecond: number | undefined;
}

/** What limiters have to do, summed up by key: there may be several of one key. */
export class Lanes {
  readonly #labels: Labels;
  readonly #lanes = new Map<string, { readonly queued: number; readonly inFlight: number }>();
  readonly #sums = new Map<string, Sum>();

  constructor(labels: Labels) {
    this.#labels = labels;
  }

  queue({ limiterId, key, queued, inFlight }: LimiterQueueMessage): void {
    const lane = `${limiterId} ${key}`;
    const before = this.#lanes.get(lane) ?? { queued: 0, inFlight: 0 };
    if (queued + inFlight === 0) this.#lanes.delete(lane);
    else this.#lanes.set(lane, { queued, inFlight });
    const sum = this.#sumOf(key);
    sum.queued += queued - before.queued;
    sum.inFlight += inFlight - before.inFlight;
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

  /** Of many keys together it would say nothing. */
  *rates(): Iterable<readonly [key: string, perSecond: number]> {
    for (const [key, { perSecond }] of this.#sums) {
      if (perSecond !== undefined && key !== OTHER) yield [key, perSecond];
    }
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
