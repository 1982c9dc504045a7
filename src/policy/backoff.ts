import type { Break, Continue, FailureContext } from '../core/connector.js';

/** A source of random numbers >= 0 and < 1. */
export type Random = () => number;

/**
 * Decides the delay after a failure. It is a pure function, so actors can share one: the same failure and the same
 * random numbers give the same delay. Throw to give up.
 */
export type Backoff = (failure: FailureContext, random: Random) => Continue<number> | Break<never>;
