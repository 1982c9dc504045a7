import { clampTimer } from '../bounds.js';
import { Hidden } from '../hidden.js';
import type { ReconnectContext } from './context.js';

export function connectTimeout({ link }: ReconnectContext): number {
  return clampTimer(Hidden.reveal(link).connectTimeoutMs);
}

export function drainTimeout({ link }: ReconnectContext): number {
  return clampTimer(Hidden.reveal(link).drainTimeoutMs);
}

export function stableAfter({ link }: ReconnectContext): number {
  return clampTimer(Hidden.reveal(link).stableAfterMs);
}

export function retryDelay({ delayMs }: ReconnectContext): number {
  return clampTimer(delayMs);
}
