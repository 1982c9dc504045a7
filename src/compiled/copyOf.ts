import type { ReconnectContext } from '../machine/context.js';

/** Copies the context as it is now; the link itself keeps changing. */
export function copyOf(link: ReconnectContext): ReconnectContext {
  return {
    settings: link.settings,
    attempt: link.attempt,
    epoch: link.epoch,
    delayMs: link.delayMs,
    countedDelayMs: link.countedDelayMs,
    lastError: link.lastError,
    lastVerdict: link.lastVerdict,
    stableEpoch: link.stableEpoch,
    downSinceMs: link.downSinceMs,
    retryAtMs: link.retryAtMs,
    queuedAtMs: link.queuedAtMs,
    startedAtMs: link.startedAtMs,
    openedAtMs: link.openedAtMs,
    upMs: link.upMs,
    lease: link.lease,
    endedBy: link.endedBy,
    requested: link.requested,
    decision: link.decision,
    output: link.output,
  };
}
