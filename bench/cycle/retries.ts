import retryAsync from 'async-retry';
import { ConstantBackoff, handleAll, retry as cockatielRetry } from 'cockatiel';
import { Effect } from 'effect';
import pRetry from 'p-retry';
import { defer, firstValueFrom, retry as rxRetry } from 'rxjs';

type Connect = () => Promise<object>;

const policy = cockatielRetry(handleAll, { maxAttempts: 1, backoff: new ConstantBackoff(0) });

/** Each calls `connect` until it succeeds, once more at the most, without a delay of its own. */
export const retries: Readonly<Record<string, (connect: Connect) => Promise<object>>> = {
  'p-retry': (connect) => pRetry(connect, { retries: 1, minTimeout: 0 }),
  cockatiel: (connect) => policy.execute(connect),
  'async-retry': (connect) => retryAsync(connect, { retries: 1, minTimeout: 0, randomize: false }),
  rxjs: (connect) => firstValueFrom(defer(connect).pipe(rxRetry(1))),
  effect: (connect) =>
    Effect.runPromise(
      Effect.retry(Effect.tryPromise({ try: connect, catch: (error) => error }), { times: 1 }),
    ),
};
