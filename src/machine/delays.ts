import { clampTimer } from '../core/check.js';
import { Redacted } from '../core/redacted.js';
import type { Moment } from './context.js';

export function connectTimeout({ context: { settings } }: Moment): number {
  return clampTimer(Redacted.value(settings).connectTimeoutMs);
}

export function gracePeriod({ context: { settings } }: Moment): number {
  return clampTimer(Redacted.value(settings).gracePeriodMs);
}

export function stableAfter({ context: { settings } }: Moment): number {
  return clampTimer(Redacted.value(settings).stableAfterMs);
}

export function retryDelay({ context: { delayMs } }: Moment): number {
  return clampTimer(delayMs);
}
