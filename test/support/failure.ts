import type { Backoff, FailureContext } from 'schmoozer';

/** What a policy is told; the facts that do not matter are those of a first failed attempt. */
export function failure(facts: Partial<FailureContext> = {}): FailureContext {
  const { signal } = new AbortController();
  return {
    phase: 'connect',
    error: undefined,
    attempt: 1,
    previousDelayMs: 0,
    hintMs: undefined,
    downMs: 0,
    signal,
    ...facts,
  };
}

/** The delay that a backoff answers, in milliseconds. */
export function delayOf(
  backoff: Backoff,
  facts: Partial<FailureContext> = {},
  chance = 0.5,
): number {
  const answer = backoff(failure(facts), () => chance);
  if (answer.type !== 'Continue') throw new Error('a backoff never breaks');
  return answer.payload;
}
