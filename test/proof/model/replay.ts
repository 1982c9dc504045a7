import {
  Break,
  type ConnectLimiter,
  type ConnectRequest,
  Continue,
  createReconnectActor,
  fatal,
  type Permit,
  type ReconnectActor,
  type ReconnectActorOptions,
  type ReconnectCommand,
  type ReconnectEmitted,
  retryable,
} from 'schmoozer';
import {
  type ScriptedConnector,
  scriptedConnector,
  type VirtualClock,
  virtualClock,
} from 'schmoozer/testing';
import { isCommand } from '../../../src/machine/vocabulary.js';
import {
  isTimer,
  type ModelEvent,
  type ModelSetup,
  type ModelState,
  type TimerEvent,
} from '../../../src/testing/model.js';

export const TIMES = {
  connectTimeoutMs: 20_000,
  stableAfterMs: 10_000,
  gracePeriodMs: 5000,
} as const;

/** A command comes a little later than what was before, so that a timer set anew by mistake shows. */
export function commandAfterMs({ place, isUnasked }: ModelState): number {
  return isUnasked || place === 'connecting.overdue' ? 0 : 1;
}

/** Longer than any timer. */
export const FOREVER_MS = 2 ** 31;

/** By how much a timer is late whose process had stalled, and one that is merely slow. */
export const STALLED_MS = 50;
export const SLOW_MS = 49;

/** What `retryDelay.ms` answers: another delay at each attempt, so that none is taken for another. */
export const delayAt = (attempt: number): number => 500 + attempt;

/** What `connect.overloaded` and `connect.postponed` ask for. */
export const HINT_MS = 700;
export const POSTPONED_MS = 800;

export const DETAIL = { code: 1006 };
export const REQUEST = { key: 'eu', priority: 2 };

export const errors = {
  retryable: new Error('refused'),
  permanent: new TypeError('no such property'),
  fatal: new Error('revoked'),
  overloaded: new Error('too many'),
  postponed: new Error('offline'),
  lost: new Error('reset by peer'),
  lostForNow: new TypeError('no such frame'),
  lostForGood: new Error('token revoked'),
  limiter: new Error('queue full'),
  release: new Error('not released'),
  policy: new Error('no more'),
};

/** What happens by the world's doing, one by one; the rest are timers and commands. */
type WorldEvent = Exclude<ModelEvent, TimerEvent | ReconnectCommand['type']>;

/** A real actor, and everything that can be seen of it. */
export interface Replay {
  readonly actor: ReconnectActor<unknown>;
  readonly script: ScriptedConnector;
  readonly clock: VirtualClock;
  /** What the machine takes for the time: the clock's, but for what a stalled process has missed. */
  readonly now: () => number;
  /** Since it was last emptied. */
  readonly emitted: ReconnectEmitted[];
  /** What the limiter was asked. */
  readonly asked: ConnectRequest[];
  readonly permits: { readonly outcomes: string[]; unstables: number }[];
  /** Of requests that had to wait: which were taken back. */
  readonly takenBack: boolean[];
  readonly logged: unknown[];
  apply(event: ModelEvent, before: ModelState): Promise<void>;
}

export interface ReplayOptions extends ReconnectActorOptions {
  /** Answers for the limiter, which is asked in the middle of a step: true for a permit. */
  readonly onAsk?: () => boolean;
}

export function startReplay(setup: ModelSetup, options: ReplayOptions = {}): Replay {
  const { onAsk = () => true, ...actorOptions } = options;
  const script = scriptedConnector({ retryDelay: true, closed: true, probe: true });
  const clock = virtualClock();
  let lateMs = 0;
  const now = () => clock.now() + lateMs;
  const emitted: ReconnectEmitted[] = [];
  const asked: ConnectRequest[] = [];
  const permits: { outcomes: string[]; unstables: number }[] = [];
  const takenBack: boolean[] = [];
  const logged: unknown[] = [];
  const releases: { resolve(): void; reject(error: unknown): void }[] = [];
  let granted: ((permit: Permit) => void) | undefined;

  const newPermit = (): Permit => {
    const permit = { outcomes: [] as string[], unstables: 0 };
    permits.push(permit);
    return {
      settle: (outcome) => void permit.outcomes.push(outcome),
      unstable: () => void permit.unstables++,
    };
  };
  const limiter: ConnectLimiter = {
    tryAcquire(request) {
      asked.push(request);
      return onAsk() ? newPermit() : undefined;
    },
    enqueue(_request, grant) {
      granted = grant;
      const place = takenBack.push(false) - 1;
      return () => {
        takenBack[place] = true;
      };
    },
  };
  const { disconnect } = script.connector;
  const releaseLater = {
    disconnect: async (connection: never) => {
      void disconnect?.(connection);
      await new Promise<void>((resolve, reject) => void releases.push({ resolve, reject }));
    },
  };
  const actor = createReconnectActor<never, unknown>(
    { ...script.connector, ...(setup.releasesLater && releaseLater) } as never,
    {
      clock,
      now,
      random: () => 0.5,
      logger: (error) => void logged.push(error),
      ...TIMES,
      ...(setup.isStableAtOnce && { stableAfterMs: 0 }),
      ...(setup.hasLimiter && { limiter, limiterKey: REQUEST.key, priority: REQUEST.priority }),
      failFast: setup.failFast,
      ...actorOptions,
    },
  );
  actor.on('*', (event) => void emitted.push(event));
  actor.start();

  const connect = () => last(script.connects);
  const run = () => last(script.runs);
  const closed = () => last(script.closes);
  const retryDelay = () => last(script.retryDelays);
  const unread = () => new Promise<void>((resolve) => (drained = resolve));
  let drained: () => void = () => {};
  const wake = async (afterMs: number) => {
    lateMs += afterMs;
    await clock.next();
  };
  const inTheAsking = () => {
    throw new Error('happens while the limiter is asked');
  };
  const apply: Record<WorldEvent, () => Promise<void> | void> = {
    'limiter.admits': inTheAsking,
    'limiter.queues': inTheAsking,
    'limiter.grants': () => granted?.(newPermit()),
    'limiter.fails': () => granted?.({} as Permit),
    'connect.ok': () => connect().resolve(),
    'connect.retryable': () => connect().reject(errors.retryable),
    'connect.overloaded': () =>
      connect().reject(retryable(errors.overloaded, { delayMs: HINT_MS })),
    'connect.postponed': () =>
      connect().reject(
        retryable(errors.postponed, { delayMs: POSTPONED_MS, consumesAttempt: false }),
      ),
    'connect.permanent': () => connect().reject(errors.permanent),
    'connect.fatal': () => connect().reject(fatal(errors.fatal)),
    'connect.yields': () => connect().reject(connect().argument.signal.reason),
    'late connectTimeout': () => wake(STALLED_MS),
    'run.continue': () => run().resolve(Continue()),
    'run.break': () => run().resolve(Break('result')),
    'run.throws': () => run().reject(errors.retryable),
    'run.permanent': () => run().reject(errors.permanent),
    'run.fatal': () => run().reject(fatal(errors.fatal)),
    'run.yields': () => run().reject(run().argument.signal.reason),
    'run.lost': () => closed().reject(errors.lost),
    'lost.cleanly': () => closed().resolve(),
    'lost.permanent': () => closed().resolve({ error: errors.lostForNow, detail: DETAIL }),
    'lost.fatal': () => closed().resolve({ error: fatal(errors.lostForGood), detail: DETAIL }),
    'lost.unread': () => closed().resolve({ drained: unread() }),
    'lost.unread, fatal': () =>
      closed().resolve({ error: fatal(errors.lostForGood), detail: DETAIL, drained: unread() }),
    drained: () => drained(),
    'closed late': () => closed().resolve({ error: errors.lost, detail: DETAIL }),
    'probe.ok': () => last(script.probes).resolve(),
    'probe.rejects': () => last(script.probes).reject(errors.lost),
    'release.ok': () => last(releases).resolve(),
    'release.throws': () => last(releases).reject(errors.release),
    'retryDelay.ms': () =>
      retryDelay().resolve(Continue(delayAt(actor.getSnapshot().context.attempt))),
    'retryDelay.zero': () => retryDelay().resolve(Continue(0)),
    'retryDelay.infinity': async () => {
      retryDelay().resolve(Continue(Infinity));
      // Even the longest timer must not end this wait.
      await clock.advance(FOREVER_MS);
    },
    'retryDelay.break': () => retryDelay().resolve(Break('result')),
    'retryDelay.throws': () => retryDelay().reject(errors.policy),
  };
  return {
    actor,
    script,
    clock,
    now,
    emitted,
    asked,
    permits,
    takenBack,
    logged,
    async apply(event, before) {
      if (event === 'after connectTimeout') await wake(SLOW_MS);
      else if (isTimer(event)) await clock.next();
      else if (isCommand(event)) {
        const ms = commandAfterMs(before);
        if (ms > 0) await clock.advance(ms);
        actor.send({ type: event, reason: 'asked' });
      } else await apply[event]();
      await clock.drain();
    },
  };
}

function last<T>(calls: readonly T[]): T {
  const call = calls.at(-1);
  if (call === undefined)
    throw new Error('the machine has not called the method that is to settle');
  return call;
}
