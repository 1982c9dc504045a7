import type { Settings } from './settings.js';

/** What the page asks of the worker: one storm. */
export interface Order {
  readonly settings: Settings;
}

/** What a server has seen so far. */
export interface Figures {
  readonly allBackMs: number;
  readonly peak: number;
  readonly peakPerSecond: number;
  readonly attempts: number;
  readonly wasted: number;
}

/** What the worker tells. */
export type News =
  /** The clients are made, and connected if they are to lose a server. */
  | { readonly type: 'begun'; readonly realMs: number }
  | {
      readonly type: 'frames';
      readonly attempts: readonly number[];
      readonly accepted: readonly number[];
      /** All states of the first frame, then those of the next. */
      readonly states: readonly number[];
      readonly figures: Figures;
    }
  /** All are back, or it was given up. */
  | { readonly type: 'over'; readonly isBack: boolean; readonly realMs: number };
