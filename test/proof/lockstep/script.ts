import fc from 'fast-check';

/** What may be done anywhere: by a method, a listener, a signal. */
export type Deed =
  | 'nothing'
  | 'stop'
  | 'reconnect'
  | 'suspend'
  | 'resume'
  | 'probe'
  | 'actor.stop()'
  | 'ring'
  | 'listen'
  | 'leave';

/** How one call of a method goes. */
export interface CallScript {
  readonly how: 'promise' | 'throws' | 'bare';
  /** Done by the method before it returns. */
  readonly inside: Deed;
  readonly reads: boolean;
  /** Done by the listener of its signal. */
  readonly onAbort: Deed | 'settle';
}

export interface StepScript {
  readonly what: 'settle' | 'timer' | 'turn' | 'stall' | 'drain' | 'grant' | Deed;
  readonly which: number;
  readonly way: number;
  /** So many microtasks later … */
  readonly ticks: number;
  /** … this is done. */
  readonly after: Deed;
}

/** One life, however odd. */
export interface Script {
  readonly calls: readonly CallScript[];
  readonly releases: readonly ('sync' | 'async' | 'never' | 'throws' | 'rejects')[];
  readonly ears: readonly {
    readonly on: string;
    readonly nth: number;
    readonly does: Deed;
    readonly throws: boolean;
  }[];
  /** How a limiter answers; without any there is none. */
  readonly permits: readonly ('at once' | 'later' | 'throws' | 'none')[];
  /** Done before the start. */
  readonly before: readonly Deed[];
  readonly steps: readonly StepScript[];
  readonly options: object;
  readonly hasClosed: boolean;
  readonly hasProbe: boolean;
  readonly hasRetryDelay: boolean;
}

const deeds = fc.constantFrom<Deed>(
  ...(['nothing', 'nothing', 'nothing', 'nothing', 'nothing', 'nothing'] as const),
  ...(['stop', 'reconnect', 'suspend', 'resume', 'probe'] as const),
  ...(['actor.stop()', 'ring', 'listen', 'leave'] as const),
);

export const scripts: fc.Arbitrary<Script> = fc.record({
  calls: fc.array(
    fc.record({
      how: fc.constantFrom<CallScript['how']>('promise', 'promise', 'promise', 'throws', 'bare'),
      inside: deeds,
      reads: fc.boolean(),
      onAbort: fc.oneof(
        { weight: 2, arbitrary: fc.constant('settle' as const) },
        { weight: 2, arbitrary: deeds },
      ),
    }),
    { minLength: 1, maxLength: 6 },
  ),
  releases: fc.array(
    fc.constantFrom<Script['releases'][number]>(
      ...(['sync', 'sync', 'async', 'never', 'throws', 'rejects'] as const),
    ),
    { minLength: 1, maxLength: 4 },
  ),
  ears: fc.array(
    fc.record({
      on: fc.constantFrom(
        ...(['attempt.started', 'attempt.failed', 'attempt.aborted', 'connection.queued'] as const),
        ...(['connection.opened', 'connection.stable', 'connection.closing'] as const),
        ...(['connection.closed', 'retry.scheduled', 'link.suspended'] as const),
        ...(['link.resumed', 'link.ended', 'next', 'next', 'complete'] as const),
      ),
      nth: fc.integer({ min: 1, max: 4 }),
      does: deeds,
      throws: fc.boolean(),
    }),
    { maxLength: 4 },
  ),
  permits: fc.oneof(
    { weight: 2, arbitrary: fc.constant([]) },
    {
      weight: 1,
      arbitrary: fc.array(
        fc.constantFrom<Script['permits'][number]>('at once', 'later', 'later', 'throws', 'none'),
        { minLength: 1, maxLength: 4 },
      ),
    },
  ),
  before: fc.array(deeds, { maxLength: 2 }),
  steps: fc.array(
    fc.record({
      what: fc.oneof(
        {
          weight: 10,
          arbitrary: fc.constantFrom<StepScript['what']>(
            ...(['settle', 'settle', 'settle', 'timer', 'timer', 'turn', 'stall'] as const),
            ...(['drain', 'grant'] as const),
          ),
        },
        {
          weight: 3,
          arbitrary: fc.constantFrom<StepScript['what']>(
            ...(['stop', 'reconnect', 'suspend', 'resume', 'probe', 'actor.stop()'] as const),
          ),
        },
      ),
      which: fc.nat({ max: 4 }),
      way: fc.nat({ max: 6 }),
      ticks: fc.nat({ max: 9 }),
      after: deeds,
    }),
    { minLength: 6, maxLength: 24, size: 'max' },
  ),
  options: fc.record({
    stableAfterMs: fc.constantFrom(0, 10_000, Infinity),
    gracePeriodMs: fc.constantFrom(0, 5000, Infinity),
    connectTimeoutMs: fc.constantFrom(20_000, Infinity),
    failFast: fc.constantFrom('startup', 'always', 'never'),
    resumePoint: fc.constantFrom(undefined, undefined, { attempt: 2, epoch: 3 }),
  }),
  hasClosed: fc.boolean(),
  hasProbe: fc.boolean(),
  hasRetryDelay: fc.boolean(),
});
