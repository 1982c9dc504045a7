import type { ConnectContext } from 'schmoozer';

/** The first attempt of a loop, with an abort of its own. */
export function firstAttempt(): { attempt: ConnectContext; abort: (reason: unknown) => void } {
  const controller = new AbortController();
  return {
    attempt: { signal: controller.signal, attempt: 0, epoch: 1, lastError: undefined },
    abort: (reason) => controller.abort(reason),
  };
}
