// Why: bench/decisions/0065-what-the-compiled-engine-costs.md
import {
  Break,
  ConnectionLost,
  ConnectTimeoutError,
  type Backoff,
  type Connector,
  type FailFast,
  FatalError,
  isProgrammerError,
  ReconnectRequested,
  RetryableError,
  StopRequested,
  SuspendRequested,
} from 'schmoozer';

/** A signal that is made when it is read, as most never are. */
class Call {
  readonly attempt: number;
  readonly epoch: number;
  readonly lastError: unknown;
  reason: unknown;
  #controller: AbortController | undefined;

  constructor(attempt: number, epoch: number, lastError: unknown) {
    this.attempt = attempt;
    this.epoch = epoch;
    this.lastError = lastError;
  }

  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    if (this.reason !== undefined) this.#controller.abort(this.reason);
    return this.#controller.signal;
  }

  abort(reason: unknown): void {
    if (this.reason !== undefined) return;
    this.reason = reason;
    this.#controller?.abort(reason);
  }
}

type Command = 'stop' | 'reconnect' | 'suspend' | 'resume';

export interface FullLoop {
  send(command: Command): void;
  /** Settles as `run` does. */
  readonly done: Promise<unknown>;
}

export interface FullOptions {
  readonly backoff: Backoff;
  readonly connectTimeoutMs?: number;
  readonly stableAfterMs?: number;
  readonly gracePeriodMs?: number;
  readonly failFast?: FailFast;
}

interface Loss {
  readonly error: unknown;
}

const TIMEOUT = Symbol('timeout');
const reasons = {
  stop: StopRequested,
  reconnect: ReconnectRequested,
  suspend: SuspendRequested,
};

/**
 * What a good engineer writes by hand for the same promises: a deadline for `connect`, losses told by `closed`, a timer
 * after which a session counts as good, connections released exactly once and waited for, grace periods, commands at any
 * time, verdicts, a policy that is asked. It has no events, no snapshots and no states to look at.
 */
export function fullLoop<T>(connector: Connector<T, unknown>, options: FullOptions): FullLoop {
  const { connectTimeoutMs = 20_000, stableAfterMs = 10_000, gracePeriodMs = 5000 } = options;
  const { failFast = 'startup', backoff } = options;
  let attempt = 0;
  let epoch = 0;
  let previousDelayMs = 0;
  let lastError: unknown;
  let downSinceMs: number | undefined = performance.now();
  let hasBeenStable = false;
  let command: Command | undefined;
  let call: Call | undefined;
  let hurry: (() => void) | undefined;

  function send(next: Command): void {
    if (command === 'stop' || (next === 'resume' && command !== 'suspend')) return;
    command = next;
    if (next !== 'resume') call?.abort(new reasons[next]());
    hurry?.();
  }

  /** What the work brings, or TIMEOUT: after a time, or after the grace period once a command has come. */
  function within<V>(work: PromiseLike<V>, ms: number): Promise<V | typeof TIMEOUT> {
    return new Promise((resolve, reject) => {
      const late = () => resolve(TIMEOUT);
      let timer = ms === Infinity ? undefined : setTimeout(late, ms);
      hurry = () => {
        clearTimeout(timer);
        timer = setTimeout(late, gracePeriodMs);
      };
      const over = () => {
        clearTimeout(timer);
        hurry = undefined;
      };
      work.then(
        (value) => {
          over();
          resolve(value);
        },
        (error: unknown) => {
          over();
          reject(error as Error);
        },
      );
    });
  }

  async function open(): Promise<T> {
    const attempting = (call = new Call(attempt, epoch + 1, lastError));
    const connecting = Promise.resolve(connector.connect(attempting));
    const connection = await within(connecting, connectTimeoutMs);
    if (connection === TIMEOUT) {
      const error = new ConnectTimeoutError(connectTimeoutMs);
      attempting.abort(error);
      void connecting.then(release, () => {});
      throw error;
    }
    if (attempting.reason === undefined) return connection;
    await release(connection as T);
    throw attempting.reason;
  }

  function release(connection: T): Promise<unknown> | undefined {
    const held = connection as Partial<AsyncDisposable & Disposable>;
    const closing =
      connector.disconnect?.(connection) ??
      held[Symbol.asyncDispose]?.() ??
      held[Symbol.dispose]?.();
    return closing === undefined ? undefined : within(Promise.resolve(closing), gracePeriodMs);
  }

  /** One session, from its connection to the release; rejects with what ended it. */
  async function serve(connection: T): Promise<{ readonly value: unknown } | undefined> {
    epoch += 1;
    const session = (call = new Call(attempt, epoch, undefined));
    let loss: Loss | undefined;
    const stable = setTimeout(() => {
      attempt = previousDelayMs = 0;
      downSinceMs = undefined;
      hasBeenStable = true;
    }, stableAfterMs);
    const lostBy = (): Loss | undefined => loss;
    const lose = (error: unknown) => {
      loss ??= { error };
      clearTimeout(stable);
      session.abort(new ConnectionLost({ error }));
      hurry?.();
    };
    try {
      const running = Promise.resolve(connector.run(connection, session));
      connector.closed?.(connection).then((end) => lose(end?.error), lose);
      const flow = await within(running, Infinity);
      if (flow !== TIMEOUT && flow.type === 'Break' && command !== 'stop') {
        return { value: flow.value };
      }
      const lost = lostBy();
      if (lost !== undefined) throw lost.error ?? new ConnectionLost();
      return undefined;
    } catch (error) {
      const lost = lostBy();
      throw error instanceof FatalError || lost === undefined ? error : (lost.error ?? error);
    } finally {
      clearTimeout(stable);
      const released = release(connection);
      if (released !== undefined) await released;
      downSinceMs ??= performance.now();
    }
  }

  function isFatal(error: unknown, phase: 'connect' | 'run'): boolean {
    if (error instanceof FatalError) return true;
    if (error instanceof RetryableError) return false;
    const facts = { phase, attempt, epoch, hasBeenStable };
    const verdict = connector.isRetryable?.(error, facts);
    if (verdict === false || verdict === 'fatal') return true;
    const isPermanent =
      verdict === 'permanent' || (verdict === undefined && isProgrammerError(error));
    return isPermanent && (failFast === 'always' || (failFast === 'startup' && !hasBeenStable));
  }

  /** How long to wait, or a Break. */
  async function decide(phase: 'connect' | 'run'): Promise<number | Break<unknown>> {
    const error = lastError instanceof RetryableError ? lastError.cause : lastError;
    const hintMs = lastError instanceof RetryableError ? lastError.delayMs : undefined;
    const deciding = (call = new Call(attempt, epoch, error));
    const downMs = performance.now() - (downSinceMs as number);
    const failure = {
      phase,
      error,
      attempt,
      previousDelayMs,
      hintMs,
      downMs,
      get signal() {
        return deciding.signal;
      },
    };
    const asked = connector.retryDelay?.(failure) ?? backoff(failure, Math.random);
    const answer = typeof asked === 'object' && 'then' in asked ? await asked : asked;
    if (typeof answer === 'number') return Math.max(answer, hintMs ?? 0);
    return answer.type === 'Break' ? answer : Math.max(answer.payload ?? 0, hintMs ?? 0);
  }

  function pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = ms === Infinity ? undefined : setTimeout(resolve, ms);
      hurry = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  async function loop(): Promise<unknown> {
    for (;;) {
      let phase: 'connect' | 'run' = 'connect';
      try {
        command = undefined;
        const connection = await open();
        phase = 'run';
        const broken = await serve(connection);
        if (broken !== undefined) return { status: 'completed', value: broken.value };
        lastError = undefined;
      } catch (error) {
        if (command === undefined && isFatal(error, phase)) {
          throw error instanceof FatalError ? error.cause : error;
        }
        lastError = error;
      }
      // A command may have come at any await.
      const asked = command as Command | undefined;
      if (asked === 'stop') return { status: 'stopped' };
      if (asked === 'reconnect') continue;
      if (asked === 'suspend') await pause(Infinity);
      else {
        attempt += 1;
        const answer = await decide(phase);
        if (typeof answer === 'object') return { status: 'completed', value: answer.value };
        previousDelayMs = answer;
        if (answer > 0) await pause(answer);
      }
      if ((command as Command | undefined) === 'stop') return { status: 'stopped' };
    }
  }
  return { send, done: loop() };
}
