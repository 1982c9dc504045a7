import { chance, type Chance } from '../support/chance.js';

/** What the network does to one connection. */
export type Fault = keyof typeof weights;

const weights = {
  none: 14,
  /** Each piece is late, by 20 to 300 ms. */
  latency: 12,
  reset: 12,
  /** An orderly end. */
  end: 12,
  /** Half open: nothing comes any more, and nothing is closed. */
  silence: 14,
  /** One byte at a time. */
  dribble: 6,
  /** 400 bytes a second. */
  narrow: 6,
  /** Accepted, and closed at once. */
  acceptThenEnd: 8,
  acceptThenReset: 6,
  /** Bytes are changed on the way. */
  damage: 5,
  /** Accepted, and read 1 to 8 s later. */
  slowAccept: 5,
};

const faults = Object.keys(weights) as Fault[];
const total = faults.reduce((sum, fault) => sum + weights[fault], 0);

/** A plan for the `nth` connection of a link: the same for the same seed, whenever it comes. */
export function planOf(seed: number, link: number, nth: number): { fault: Fault; chance: Chance } {
  const own = chance(seed ^ Math.imul(link + 1, 0x9e37_79b1) ^ Math.imul(nth + 1, 0x85eb_ca6b));
  // The first answers of neighbouring seeds are alike.
  own.below(2);
  let weight = own.below(total);
  const fault = faults.find((one) => (weight -= weights[one]) < 0) as Fault;
  return { fault, chance: own };
}
