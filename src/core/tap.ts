// Why: docs/decisions/0079-diagnostics-reach-every-link.md
import type { AnyConnector } from './connector.js';

/** What hears of the links, limiters, endpoints, budgets and groups of this process: `schmoozer/diagnostics` sets it. */
export interface Tap {
  /** A link begins; undefined if it is heard already, or is not to be heard. */
  link(link: object, settings: TappedSettings, name: string | undefined): LinkTap | undefined;
  /** That link was ended without a word, as an actor. */
  halted(link: object): void;
  /** What a limiter does, while anybody listens to it. */
  readonly lane: ((change: LaneChange, lane: object, facts: LaneFacts) => void) | undefined;
  /** What a budget, a group or the endpoints of a connector tell of. */
  told(event: { readonly type: string; readonly wait?: unknown }, source: object): void;
}

/** What is heard of one link. */
export interface LinkTap {
  /** Whether anybody listens. */
  readonly isOn: boolean;
  /** Bound. */
  readonly told: (event: { readonly type: string }) => void;
  halted(): void;
}

export interface TappedSettings {
  readonly connector: AnyConnector;
  readonly now: () => number;
}

/** `unstable`: the session of a permit ended by itself too early; else it is a permit's way. */
export type LaneChange = 'queued' | 'withdrawn' | 'granted' | 'settled' | 'unstable';

export interface LaneFacts {
  readonly limiter: object;
  readonly key: string;
  readonly queued: number;
  readonly inFlight: number;
  readonly pace: { readonly perSecond: number; readonly threshold?: number };
  readonly outcome: string | undefined;
}

/** By a registered symbol, for all copies of this package: a bundle may hold one, and `--import` may load another. */
export const TAP: unique symbol = Symbol.for('schmoozer.tap') as never;

/** It takes 20 ns to see that there is none: who has much to tell asks once. */
export function tap(): Tap | undefined {
  return (globalThis as { readonly [TAP]?: Tap })[TAP];
}
