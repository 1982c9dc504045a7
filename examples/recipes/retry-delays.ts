import { setTimeout as wait } from 'node:timers/promises';
import { exponentialBackoff } from 'schmoozer';

const backoff = exponentialBackoff();
const { signal } = new AbortController();

/** The delay before the nth retry, from 1, in milliseconds, with jitter. */
function delayMs(attempt: number): number {
  const failure = { phase: 'connect', error: undefined, attempt } as const;
  const unknown = { previousDelayMs: 0, hintMs: undefined, downMs: 0, signal } as const;
  const answer = backoff({ ...failure, ...unknown }, Math.random);
  return answer.type === 'Continue' ? answer.payload : Infinity;
}

/** For `createClient` of graphql-ws. */
export const ofGraphqlWs = {
  retryAttempts: Infinity,
  shouldRetry: () => true,
  retryWait: (retries: number) => wait(delayMs(retries + 1)),
  connectionAckWaitTimeout: 10_000,
};

/** For `createWSClient` of tRPC. */
export const ofTrpc = { retryDelayMs: (retries: number) => delayMs(retries + 1) };

/** For `new Socket` of Phoenix. */
export const ofPhoenix = { reconnectAfterMs: delayMs, rejoinAfterMs: delayMs };
