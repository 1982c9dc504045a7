import { clampTimer } from '../core/check.js';
import { Redacted } from '../core/redacted.js';
import type { Moment } from './context.js';

/** The delays of the chart, by name, in milliseconds. */
export const delays = {
  connectTimeout: ({ context: { settings } }: Moment) =>
    clampTimer(Redacted.value(settings).connectTimeoutMs),
  gracePeriod: ({ context: { settings } }: Moment) =>
    clampTimer(Redacted.value(settings).gracePeriodMs),
  stableAfter: ({ context: { settings } }: Moment) =>
    clampTimer(Redacted.value(settings).stableAfterMs),
  turn: () => 0,
  retryDelay: ({ context: { delayMs } }: Moment) => clampTimer(delayMs),
};
export type DelayName = keyof typeof delays;
