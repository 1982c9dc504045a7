import {
  Break,
  type ConnectionEnd,
  type Connector,
  type ConnectLimiter,
  Continue,
  type ControlFlow,
  type ErrorFacts,
  type FailFast,
  fatal,
  FatalError,
  retryable,
  type FailureContext,
  type ReconnectCommand,
  type ReconnectEmitted,
  type RetryableError,
  type Verdict,
} from 'schmoozer';
import type { VirtualClock } from 'schmoozer/testing';

export type ConnectOutcome =
  | 'ok'
  | 'retryable'
  | 'permanent'
  | 'busy'
  | 'offline'
  | 'fatal'
  | 'never';
export type RunOutcome = 'Continue' | 'Break' | 'throw' | 'permanent' | 'offline' | 'fatal';
export type Loss = 'in order' | 'error' | 'permanent' | 'busy' | 'offline' | 'fatal';

/** What the world does, call by call; when the script is used up, everything ends with `Break`. */
export interface Script {
  readonly connects: readonly {
    readonly outcome: ConnectOutcome;
    readonly ms: number;
    readonly ending: Ending<'ok' | 'throw' | 'fatal'>;
  }[];
  readonly runs: readonly {
    readonly outcome: RunOutcome;
    readonly ms: number;
    readonly ending: Ending<RunOutcome>;
    /** How the connection is gone by itself, and how long something stays unread. */
    readonly loss:
      | { readonly outcome: Loss; readonly ms: number; readonly unreadMs: number | undefined }
      | undefined;
    /** How long the release takes; 0: no time at all. */
    readonly releaseMs: number;
  }[];
  readonly delays: readonly {
    readonly outcome: 'ms' | 'zero' | 'Break' | 'throw';
    readonly ms: number;
    readonly later: boolean;
  }[];
  /** How the limiter answers; without any there is no limiter. */
  readonly permits:
    | readonly { readonly outcome: 'at once' | 'later' | 'refused'; readonly ms: number }[]
    | undefined;
  readonly commands: readonly {
    readonly command: ReconnectCommand['type'];
    readonly atMs: number;
  }[];
  readonly failFast: FailFast;
  /** Whether the connector decides on delays; else the backoff does. */
  readonly decides: boolean;
}

/** What work does that is told to end: when, and whether it does something of its own then. */
interface Ending<TOutcome> {
  readonly afterMs: number;
  readonly outcome: 'gives in' | TOutcome;
}

const errors = {
  retryable: new Error('refused'),
  permanent: new Error('denied'),
  busy: new Error('busy'),
  offline: new Error('offline'),
  fatal: new Error('revoked'),
  lost: new Error('reset'),
  full: new Error('the queue is full'),
};

/** What a busy server asks for. */
export const BUSY_MS = 900;
/** How long an attempt is held back that does not count. */
export const OFFLINE_MS = 700;
/** What the backoff answers. */
export const BACKOFF_MS = 600;
/** The chance of this world. */
export const CHANCE = 0.25;

/** Each kind of moment has a fraction of a millisecond of its own, so that no two tie. */
const FRACTION = {
  command: 0.0137,
  ending: 0.0029,
  lost: 0.0071,
  drained: 0.0043,
  release: 0.0017,
};

/** A call of the user's: its outcome, and how it is told to end. */
export interface Call<T> {
  readonly settled: Promise<T>;
  abort(reason: unknown): void;
}

type Channel = 'calls' | 'releases' | 'events' | 'permits';

/** One world on one clock: both loops are told the same things, and are watched the same way. */
export class World {
  /** Everything a loop did, with the time; within a channel the order counts. */
  readonly trace: Record<Channel, string[]> = {
    calls: [],
    releases: [],
    events: [],
    permits: [],
  };
  /** The plain loop's ear for commands. */
  onCommand: (command: ReconnectCommand['type']) => unknown = () => {};
  readonly #script: Script;
  readonly #clock: VirtualClock;
  #calls = { connects: 0, runs: 0, delays: 0, permits: 0 };
  #given = 0;

  constructor(script: Script, clock: VirtualClock) {
    this.#script = script;
    this.#clock = clock;
  }

  get script(): Script {
    return this.#script;
  }

  /** Sends the commands at their times. */
  schedule(send: (command: ReconnectCommand['type']) => void): void {
    for (const { command, atMs } of this.#script.commands) {
      this.#clock.setTimeout(() => send(command), atMs + FRACTION.command);
    }
  }

  note(channel: Channel, text: string): void {
    this.trace[channel].push(`${this.#clock.now().toFixed(4)} ${text}`);
  }

  hear(event: ReconnectEmitted): void {
    const facts = Object.entries(event)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => `${name}: ${show(value)}`);
    this.note('events', facts.toSorted().join(', '));
  }

  connect(attempt: number, epoch: number, lastError: unknown): Call<object> {
    this.note('calls', `connect ${attempt} ${epoch} ${show(lastError)}`);
    const { outcome, ms, ending } = this.#script.connects[this.#calls.connects++] ?? {
      outcome: 'ok',
      ms: 0,
      ending: { afterMs: 0, outcome: 'gives in' },
    };
    const connection = { number: this.#calls.connects };
    return this.#call('connect', outcome === 'never' ? Infinity : ms, ending, {
      now: () => throwing(outcome, () => connection),
      told: (way) => throwing(way, () => connection),
    });
  }

  run(connection: object, epoch: number): Call<ControlFlow<string, unknown>> {
    this.note('calls', `run ${show(connection)} ${epoch}`);
    this.#calls.runs += 1;
    const { outcome, ms, ending } = this.#session ?? {
      outcome: 'Break',
      ms: 0,
      ending: { afterMs: 0, outcome: 'gives in' },
    };
    const settle = (way: RunOutcome) =>
      throwing(way, () => (way === 'Break' ? Break('run') : Continue()));
    return this.#call('run', ms, ending, { now: () => settle(outcome), told: settle });
  }

  closed(connection: object): Promise<ConnectionEnd> {
    this.note('calls', `closed ${show(connection)}`);
    const { loss } = this.#session ?? {};
    return new Promise((resolve, reject) => {
      if (loss === undefined) return;
      const { outcome, ms, unreadMs } = loss;
      this.#clock.setTimeout(() => {
        const drained = unreadMs === undefined ? undefined : this.#after(unreadMs);
        const end = { detail: { loss: outcome }, ...(drained && { drained }) };
        if (outcome === 'in order') resolve(end);
        else if (drained) resolve({ ...end, error: errorOf(outcome) });
        else reject(errorOf(outcome));
      }, ms + FRACTION.lost);
    });
  }

  isRetryable(
    error: unknown,
    { phase, attempt, epoch, hasBeenStable }: ErrorFacts,
  ): boolean | Verdict {
    this.note('calls', `isRetryable ${show(error)} ${phase} ${attempt} ${epoch} ${hasBeenStable}`);
    if (error === errors.permanent) return 'permanent';
    // Knows its own errors alone: that an abort is none must not depend on it.
    return error === errors.retryable || error === errors.lost;
  }

  retryDelay(
    facts: Omit<FailureContext, 'signal'>,
  ): ControlFlow<string, number> | Call<ControlFlow<string, number>> {
    const { phase, error, attempt, previousDelayMs, hintMs, downMs } = facts;
    this.note(
      'calls',
      `retryDelay ${phase} ${show(error)} ${attempt} ${previousDelayMs} ${hintMs} ${downMs.toFixed(4)}`,
    );
    const { outcome, ms, later } = this.#script.delays[this.#calls.delays++] ?? {
      outcome: 'Break',
      ms: 0,
      later: false,
    };
    const answer = () => {
      if (outcome === 'throw') throw errors.retryable;
      if (outcome === 'Break') return Break('retryDelay');
      return Continue(outcome === 'zero' ? 0 : ms);
    };
    if (!later) return answer();
    const ending = { afterMs: 0, outcome: 'gives in' } as const;
    return this.#call('retryDelay', ms, ending, { now: answer, told: answer });
  }

  /** Releases a connection: a promise if that takes time. */
  disconnect(connection: object): Promise<void> | undefined {
    this.note('releases', `disconnect ${show(connection)}`);
    const { releaseMs = 0 } = this.#session ?? {};
    return releaseMs === 0 ? undefined : this.#after(releaseMs + FRACTION.release);
  }

  limiter(): ConnectLimiter {
    const next = () =>
      this.#script.permits?.[this.#calls.permits - 1] ?? { outcome: 'at once', ms: 0 };
    return {
      tryAcquire: ({ key, priority, attempt }) => {
        this.note('permits', `asked ${key} ${priority} ${attempt}`);
        this.#calls.permits += 1;
        if (next().outcome === 'refused') throw retryable(errors.full);
        return next().outcome === 'at once' ? this.#permit() : undefined;
      },
      enqueue: (_request, granted) => {
        const timer = this.#clock.setTimeout(() => granted(this.#permit()), next().ms);
        return () => {
          this.note('permits', 'taken back');
          this.#clock.clearTimeout(timer);
        };
      },
    };
  }

  /** The same world as a connector. */
  connector(): Connector<object, string> {
    // The shapes in which APIs reject when their signal fires, one after the other.
    const shapes = [
      (reason: unknown) => reason,
      () => new DOMException('aborted', 'AbortError'),
      (reason: unknown) => new Error('given up', { cause: reason }),
    ];
    let aborts = 0;
    const heeding = <T>(signal: AbortSignal, { settled, abort }: Call<T>): Promise<T> => {
      const shape = shapes[aborts++ % shapes.length];
      signal.addEventListener('abort', () => abort(signal.reason), { once: true });
      return settled.catch((error) => {
        throw signal.aborted && error === signal.reason ? shape?.(error) : error;
      });
    };
    return {
      connect: ({ attempt, epoch, lastError, signal }) =>
        heeding(signal, this.connect(attempt, epoch, lastError)),
      isRetryable: (error, facts) => this.isRetryable(error, facts),
      run: (connection, { epoch, signal }) => heeding(signal, this.run(connection, epoch)),
      closed: (connection) => this.closed(connection),
      disconnect: (connection) => this.disconnect(connection),
      ...(this.#script.decides && {
        retryDelay: (failure: FailureContext) => {
          const answer = this.retryDelay(failure);
          return 'settled' in answer ? heeding(failure.signal, answer) : answer;
        },
      }),
    };
  }

  /** What the script says of the latest session. */
  get #session(): Script['runs'][number] | undefined {
    return this.#script.runs[this.#calls.runs - 1];
  }

  #permit() {
    const number = ++this.#given;
    return {
      settle: (outcome: string) => this.note('permits', `${number} ${outcome}`),
      unstable: (hintMs?: number) => this.note('permits', `${number} unstable ${hintMs}`),
    };
  }

  #after(ms: number): Promise<void> {
    return new Promise((resolve) => void this.#clock.setTimeout(resolve, ms + FRACTION.drained));
  }

  #call<T, TOutcome>(
    name: string,
    ms: number,
    ending: Ending<TOutcome>,
    settle: { readonly now: () => T; readonly told: (way: TOutcome) => T },
  ): Call<T> {
    let abort = (_reason: unknown) => {};
    const settled = new Promise<T>((resolve, reject) => {
      const attempt = (outcome: () => T) => {
        try {
          resolve(outcome());
        } catch (error) {
          reject(error as Error);
        }
      };
      const timer = this.#clock.setTimeout(() => attempt(settle.now), ms);
      abort = (reason) => {
        this.note('calls', `${name} is told ${show(reason)}`);
        this.#clock.clearTimeout(timer);
        const end = () => {
          const { outcome } = ending;
          if (outcome === 'gives in') reject(reason as Error);
          else attempt(() => settle.told(outcome as TOutcome));
        };
        if (ending.afterMs === 0) end();
        else this.#clock.setTimeout(end, ending.afterMs + FRACTION.ending);
      };
    });
    return { settled, abort };
  }
}

function throwing<T>(outcome: string, otherwise: () => T): T {
  const error = errorOf(outcome);
  if (error !== undefined) throw error;
  return otherwise();
}

/** What an outcome throws, if it throws. */
function errorOf(outcome: string): Error | undefined {
  switch (outcome) {
    case 'throw':
    case 'retryable':
      return errors.retryable;
    case 'error':
      return errors.lost;
    case 'permanent':
      return errors.permanent;
    case 'busy':
      return retryable(errors.busy, { delayMs: BUSY_MS });
    case 'offline':
      return retryable(errors.offline, { delayMs: OFFLINE_MS, consumesAttempt: false });
    case 'fatal':
      return fatal(errors.fatal);
    default:
      return undefined;
  }
}

export function isMarked(error: unknown): error is FatalError | RetryableError {
  return (error as { schmoozerMark?: unknown } | undefined)?.schmoozerMark !== undefined;
}

/** Comparable, and without what is not: the numbers that come of adding fractions. */
function show(value: unknown): string {
  if (value instanceof Error) return `${value.name}(${value.message})`;
  if (typeof value === 'number') return String(Math.round(value * 1e4) / 1e4);
  if (typeof value !== 'object' || value === null) return String(value);
  return `{${Object.entries(value)
    .map(([name, field]) => `${name}: ${show(field)}`)
    .join(', ')}}`;
}
