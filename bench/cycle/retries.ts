type Connect = () => Promise<object>;
type Retry = (connect: Connect) => Promise<object>;

/**
 * Each calls `connect` until it succeeds, once more at the most, without a delay of its own. Loaded is only
 * what is asked for: effect alone would fill the heap of the others.
 */
export const retries: Readonly<Record<string, () => Promise<Retry>>> = {
  async 'p-retry'() {
    const { default: pRetry } = await import('p-retry');
    return (connect) => pRetry(connect, { retries: 1, minTimeout: 0 });
  },
  async cockatiel() {
    const { ConstantBackoff, handleAll, retry } = await import('cockatiel');
    const policy = retry(handleAll, { maxAttempts: 1, backoff: new ConstantBackoff(0) });
    return (connect) => policy.execute(connect);
  },
  async 'async-retry'() {
    const { default: retry } = await import('async-retry');
    return (connect) => retry(connect, { retries: 1, minTimeout: 0, randomize: false });
  },
  async rxjs() {
    const { defer, firstValueFrom, retry } = await import('rxjs');
    return (connect) => firstValueFrom(defer(connect).pipe(retry(1)));
  },
  async effect() {
    const { Effect } = await import('effect');
    return (connect) => {
      const attempt = Effect.tryPromise({ try: connect, catch: (error) => error });
      return Effect.runPromise(Effect.retry(attempt, { times: 1 }));
    };
  },
};
