// Why: docs/decisions/0079-diagnostics-reach-every-link.md
import type { AnyConnector } from './connector.js';

/**
 * Receives reports about the links, limiters, endpoints, budgets and groups of this process: `schmoozer/diagnostics`
 * sets it.
 */
export interface Tap {
  /** A link begins. Undefined if it is already observed, or must not be. */
  link(link: object, settings: TappedSettings, name: string | undefined): LinkTap | undefined;
  /** The link ended without an event, because its actor was stopped. */
  halted(link: object): void;
  /** A step of a limiter, while there are listeners. */
  readonly lane: ((change: LaneChange, lane: object, facts: LaneFacts) => void) | undefined;
  /** An event of a budget, a group or the endpoints of a connector. */
  told(event: { readonly type: string; readonly wait?: unknown }, source: object): void;
}

/** Receives the events of one link. */
export interface LinkTap {
  /** True while there are listeners. */
  readonly isOn: boolean;
  /** A bound function. */
  readonly told: (event: { readonly type: string }) => void;
  halted(): void;
}

export interface TappedSettings {
  readonly connector: AnyConnector;
  readonly now: () => number;
}

/** `unstable`: the permit's session ended on its own before it was stable; the others are the steps of a permit. */
export type LaneChange = 'queued' | 'withdrawn' | 'granted' | 'settled' | 'unstable';

export interface LaneFacts {
  readonly limiter: object;
  readonly key: string;
  readonly queued: number;
  readonly inFlight: number;
  readonly pace: { readonly perSecond: number; readonly threshold?: number };
  readonly outcome: string | undefined;
}

/**
 * A registered symbol, shared by all copies of this package: a bundle may contain one, and `--import` may load another.
 */
export const TAP: unique symbol = Symbol.for('schmoozer.tap') as never;

/** Marks the connector of a link that the library itself needs: it is not one of the user's, so `diagnoseAll` skips it. */
export const UNOBSERVED: unique symbol = Symbol.for('schmoozer.unobserved') as never;

/** Returns the tap, if one is set. The check takes 20 ns: callers with many reports make it once. */
export function tap(): Tap | undefined {
  return (globalThis as { readonly [TAP]?: Tap })[TAP];
}
