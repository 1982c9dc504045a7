import type { Break, Continue, FailureContext } from '../core/connector.js';

/** A source of chance: numbers from 0 up to, not including, 1. */
export type Random = () => number;

/**
 * Decides the delay after a failure. Pure: the same failure and the same chance give the same
 * answer, so one backoff may serve any number of actors. To give up, it throws.
 */
export type Backoff = (failure: FailureContext, random: Random) => Continue<number> | Break<never>;
