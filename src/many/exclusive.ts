// Why: docs/decisions/0077-one-process-holds-it.md
import {
  checkAtLeast,
  checkMethods,
  checkString,
  clampTimer,
  resolveOptions,
} from '../core/check.js';
import type { Clock } from '../core/clock.js';
import type { ConnectContext, Connector } from '../core/connector.js';
import { InvalidOptionError } from '../core/errors.js';
import { LazySignal } from '../core/lazySignal.js';
import { checkLimiter, type ConnectLimiter } from '../core/limiter.js';
import { passOn } from '../core/passOn.js';
import { isAborted, LazyContext, whenAborted } from '../core/whenAborted.js';
import { askClosed } from './askClosed.js';
import { ExclusiveSession } from './exclusiveSession.js';
import type { Lock } from './lock.js';
import { LockError } from './lockError.js';
import { LockGate } from './lockGate.js';
import { type Held, LockKeeper } from './lockKeeper.js';
import { release, releaseUnseen } from './openEndpoint.js';

/** Which lock to take, and how long the release of a connection may delay the release of the lock. */
export interface ExclusiveOptions {
  /** The lock: `redisLock` of `@schmoozer/redis`, `postgresLock` of `@schmoozer/postgres`, or your own. */
  readonly lock: Lock;
  /** The name of the lock: one process at a time holds it. Bounds: a string that is not empty. */
  readonly name: string;
  /**
   * Asked for a permit when this process has got the lock. The link's option `limiter` is not used. Default: the
   * `limiter` of the wrapped connector, or none.
   */
  readonly limiter?: ConnectLimiter;
  /**
   * How long the release of a connection, or a `connect` whose signal is aborted, may take before the lock is released
   * anyway, in milliseconds. Default: 5000. Bounds: >= 0.
   */
  readonly gracePeriodMs?: number;
  /** Sets the timers; a test passes `virtualClock()`. Default: the global `setTimeout` and `clearTimeout`. */
  readonly clock?: Clock;
}

/** The argument of `connect` while this process holds a lock. */
export interface FencedContext extends ConnectContext {
  /** The fencing number: greater than that of every earlier hold of the lock. Send it to the server. */
  readonly fence: number;
}

/** A connector whose `connect` receives the fencing number. */
export interface FencedConnector<TConnection, TOutput = void> extends Omit<
  Connector<TConnection, TOutput>,
  'connect'
> {
  /** Opens one connection while the lock is held; the context has the fencing number. */
  connect(attempt: FencedContext): PromiseLike<TConnection>;
}

/** The only list of defaults. */
export const exclusiveDefaults = { gracePeriodMs: 5000, clock: globalThis as Clock };

/**
 * Wraps a connector so that its connection is open only while this process holds a lock. Until then the link is
 * `queued`. When the lock is lost, `run`'s signal is aborted and the connection is released at once. The lock is
 * released whenever an attempt has failed or a session has ended. Create one for each link.
 *
 * @throws InvalidOptionError when an option is missing, unknown or out of bounds
 */
export function exclusive<TConnection, TOutput = void>(
  connector: FencedConnector<TConnection, TOutput>,
  options: ExclusiveOptions,
): Connector<TConnection, TOutput> {
  const settings = resolveExclusive(options);
  const keeper = new LockKeeper(settings.lock, settings.name);
  const gate = new LockGate(keeper, settings.name, settings.limiter ?? connector.limiter);
  const sessions = new Map<TConnection, ExclusiveSession>();
  const own: Connector<TConnection, TOutput> = {
    limiter: gate,
    async connect(attempt) {
      // With a wrapper that has its own limiter, the lock is awaited in the attempt.
      const held = gate.take() ?? (await keeper.acquire(attempt));
      const connection = await open(connector, held, attempt, settings);
      sessions.set(
        connection,
        new ExclusiveSession(() => release(connector, connection), held, settings),
      );
      return connection;
    },
    run: (connection, context) => connector.run(connection, context),
    closed: (connection) =>
      (sessions.get(connection) as ExclusiveSession).lostOr(askClosed(connector, connection)),
    isRetryable: (error, facts) =>
      error instanceof LockError ? 'permanent' : connector.isRetryable?.(error, facts),
    disconnect(connection) {
      const session = sessions.get(connection) as ExclusiveSession;
      sessions.delete(connection);
      return session.end();
    },
  };
  return passOn(connector, own);
}

/** Opens a connection while the lock is held. */
async function open<TConnection>(
  connector: FencedConnector<TConnection, unknown>,
  held: Held,
  attempt: ConnectContext,
  { clock, gracePeriodMs }: { readonly clock: Clock; readonly gracePeriodMs: number },
): Promise<TConnection> {
  const signal = new LazySignal();
  let timer: unknown;
  const abort = (reason: unknown) => {
    if (signal.aborted) return;
    signal.abort(reason);
    // A `connect` that never settles must not keep the lock: not even this link would get it again.
    timer = clock.setTimeout(() => held.abandon(), clampTimer(gracePeriodMs));
  };
  const forgetAbort = whenAborted(attempt, abort);
  const forgetLoss = held.whenLost(abort);
  const fenced = new FencedAttempt(signal, attempt, held.fence);
  try {
    if (held.loss !== undefined) throw held.loss;
    const connection = await connector.connect(fenced);
    if (held.loss === undefined) return connection;
    await releaseUnseen(connector, connection);
    throw held.loss;
  } catch (error) {
    held.abandon();
    throw isAborted(attempt) ? error : (held.loss ?? error);
  } finally {
    fenced.lastError = undefined;
    forgetAbort();
    forgetLoss();
    clock.clearTimeout(timer);
  }
}

class FencedAttempt extends LazyContext implements FencedContext {
  readonly attempt: number;
  readonly epoch: number;
  /** Undefined after the attempt, as in every context. */
  lastError: unknown;
  readonly fence: number;

  constructor(signal: LazySignal, { attempt, epoch, lastError }: ConnectContext, fence: number) {
    super(signal);
    this.attempt = attempt;
    this.epoch = epoch;
    this.lastError = lastError;
    this.fence = fence;
  }
}

function resolveExclusive(options: ExclusiveOptions) {
  const settings = resolveOptions(options, exclusiveDefaults, ['lock', 'name', 'limiter']);
  checkMethods('lock', settings.lock, ['acquire']);
  if (checkString('name', settings.name) === '') {
    throw new InvalidOptionError('name', 'a string that is not empty', '');
  }
  if (settings.limiter !== undefined) checkLimiter(settings.limiter);
  checkAtLeast('gracePeriodMs', settings.gracePeriodMs, 0);
  checkMethods('clock', settings.clock, ['setTimeout', 'clearTimeout']);
  return settings;
}
