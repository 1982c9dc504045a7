import { checkAtLeast, checkPositive, resolveOptions } from '../core/check.js';
import type { KeyPace, Pace } from './pace.js';
import { Tokens } from './tokens.js';

/** How fast attempts are made. */
export interface FixedPaceOptions {
  /** Attempts per second, for each key. Bounds: > 0; `Infinity` for no limit. */
  readonly perSecond: number;
  /**
   * How many attempts may be made at once after a pause; at a high pace it is more: as many as the pace allows in 10
   * ms. Default: 1. Bounds: >= 1.
   */
  readonly burst?: number;
}

/**
 * A pace that does not depend on the server's responses: for a server with a published rate limit.
 *
 * @throws InvalidOptionError when an option is missing, unknown or out of bounds
 */
export function fixedPace(options: FixedPaceOptions): Pace {
  const { perSecond, burst } = resolveOptions(options, { burst: 1 }, ['perSecond']);
  checkPositive('perSecond', perSecond);
  checkAtLeast('burst', burst, 1);
  return { forKey: (nowMs) => new FixedKeyPace(perSecond, new Tokens(burst, nowMs)) };
}

class FixedKeyPace implements KeyPace {
  readonly perSecond: number;
  readonly #tokens: Tokens;

  constructor(perSecond: number, tokens: Tokens) {
    this.perSecond = perSecond;
    this.#tokens = tokens;
  }

  waitMs(nowMs: number): number {
    return this.#tokens.waitMs(this.perSecond, nowMs);
  }

  start(): void {
    this.#tokens.take();
  }

  report(): void {}

  isForgotten(nowMs: number): boolean {
    return this.#tokens.isFull(this.perSecond, nowMs);
  }
}
