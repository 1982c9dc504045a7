import { clampTimer } from '../bounds.js';
import { Hidden } from '../hidden.js';
import type { Moment } from './context.js';

export function connectTimeout({ context: { link } }: Moment): number {
  return clampTimer(Hidden.reveal(link).connectTimeoutMs);
}

export function drainTimeout({ context: { link } }: Moment): number {
  return clampTimer(Hidden.reveal(link).drainTimeoutMs);
}

export function stableAfter({ context: { link } }: Moment): number {
  return clampTimer(Hidden.reveal(link).stableAfterMs);
}

export function retryDelay({ context: { delayMs } }: Moment): number {
  return clampTimer(delayMs);
}
