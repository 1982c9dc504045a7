import {
  ConnectionLost,
  ConnectTimeoutError,
  GracePeriodError,
  LimiterError,
  ReleaseError,
} from 'schmoozer';
import {
  isCommand,
  type ReconnectCommand,
  type ReconnectTag,
} from '../../../src/machine/vocabulary.js';
import {
  initialModelState,
  isTimer,
  type ModelEvent,
  type ModelSetup,
  type ModelState,
  nextModelState,
  type Place,
} from '../../../src/testing/model.js';
import {
  commandAfterMs,
  delayAt,
  DETAIL,
  errors,
  FOREVER_MS,
  HINT_MS,
  POSTPONED_MS,
  REQUEST,
  SLOW_MS,
  STALLED_MS,
  TIMES,
} from './replay.js';

interface Failure {
  readonly error: unknown;
  readonly verdict: 'transient' | 'permanent' | 'fatal';
}

/** Everything that must be seen of the machine, kept up step by step from the model alone. */
export class Expectation {
  state: ModelState;
  readonly #setup: ModelSetup;
  #clockMs = 0;
  #nowMs = 0;
  #delayMs = 0;
  #countedDelayMs = 0;
  #retryAtMs: number | undefined;
  #queuedAtMs: number | undefined;
  #startedAtMs = 0;
  #openedAtMs: number | undefined;
  #upMs = 0;
  #downSinceMs: number | undefined = 0;
  #last: Failure | undefined;
  #stableEpoch = 0;
  /** What broke the connection, and what `run` has thrown, while the release lasts. */
  #broken: Failure | undefined;
  #thrown: Failure | undefined;
  #detail: unknown;
  #emitted: object[] = [];
  #output: unknown;
  readonly #calls = { asks: 0, connects: 0, runs: 0, closes: 0, probes: 0, retryDelays: 0 };
  /** What the latest call of each method was told. */
  readonly #told: { [method in 'ask' | 'connect' | 'run' | 'retryDelay']: object | undefined } = {
    ask: undefined,
    connect: undefined,
    run: undefined,
    retryDelay: undefined,
  };
  /** With what the latest call of each was aborted. */
  readonly #aborted: {
    [method in 'connect' | 'run' | 'probe' | 'retryDelay']: string | undefined;
  } = { connect: undefined, run: undefined, probe: undefined, retryDelay: undefined };
  #isProbing = false;
  readonly #permits: { readonly outcomes: string[]; unstables: number }[] = [];
  readonly #takenBack: boolean[] = [];
  readonly #logged: Error[] = [];
  #timerDueMs: number | undefined;
  #releaseDueMs: number | undefined;

  constructor(setup: ModelSetup) {
    this.#setup = setup;
    this.state = initialModelState(setup);
    const before: ModelState = { ...this.state, place: 'waiting.delaying', isUnasked: false };
    this.#begin(before, 'after retryDelay');
    this.#setTimers(before);
  }

  /** In the form in which the machine is seen. */
  get seen(): object {
    const { place, attempt, epoch, settled } = this.state;
    return {
      place,
      tags: tagsOf[place],
      attempt,
      epoch,
      stableEpoch: this.#stableEpoch,
      delayMs: this.#delayMs,
      retryAtMs: this.#retryAtMs,
      openedAtMs: this.#openedAtMs,
      // Nobody asks after the end.
      downSinceMs: place === 'stopped' ? undefined : this.#downSinceMs,
      lastError: this.#last?.error,
      emitted: this.#emitted,
      output: this.#output,
      calls: this.#calls,
      live: isSession(this.state) && settled === undefined ? 1 : 0,
      timers: this.#timers,
      nowMs: this.#nowMs,
      told: this.#told,
      aborted: this.#aborted,
      permits: this.#permits,
      takenBack: this.#takenBack,
      logged: this.#logged,
    };
  }

  advance(event: ModelEvent): void {
    const before = this.state;
    this.state = nextModelState(before, event, this.#setup);
    this.#emitted = [];
    this.#wait(before, event);
    this.#settlePermit(before, event);
    if (isCommand(event)) this.#obey(before, event);
    if (isCalled(before) && !isCalled(this.state)) this.#endAttempt(before, event);
    if (isOnline(before) && !isOnline(this.state)) this.#endOnline(before, event);
    if (isSession(before)) this.#serve(before, event);
    this.#log(before, event);
    if (event === 'limiter.fails') this.#last = limiterFailure(before);
    if (event === 'after stableAfter') this.#becomeStable();
    this.#decide(before, event);
    this.#suspend(before);
    this.#begin(before, event);
    this.#end(before, event);
    this.#setTimers(before);
  }

  /** In how many milliseconds each timer is due. */
  get #timers(): number[] {
    return [this.#timerDueMs, this.#releaseDueMs]
      .filter((dueMs) => dueMs !== undefined)
      .map((dueMs) => dueMs - this.#clockMs)
      .toSorted((a, b) => a - b);
  }

  #emit(event: object): void {
    this.#emitted.push(event);
  }

  /** Until the next timer, before each command, and while nothing may happen. */
  #wait(before: ModelState, event: ModelEvent): void {
    const lateMs = latenessOf[event] ?? 0;
    let ms = 0;
    if (isTimer(event) || lateMs > 0) ms = this.#timers[0] as number;
    else if (event === 'retryDelay.infinity') ms = FOREVER_MS;
    else if (isCommand(event)) ms = commandAfterMs(before);
    this.#clockMs += ms;
    this.#nowMs += ms + lateMs;
  }

  /** A connection that came too late is not released: nothing else says so, unless the link was asked to stop. */
  #log({ place }: ModelState, event: ModelEvent): void {
    const isLate = event === 'release.throws' && givingUp.has(place);
    if (!isLate || this.#aborted.connect === codes.stop) return;
    this.#logged.push(new ReleaseError(errors.release));
  }

  /** Once for each attempt, as soon as it is known how that went. */
  #settlePermit({ place, settled }: ModelState, event: ModelEvent): void {
    const isGivenUp = givingUp.has(place) && settled === undefined;
    const hasEnded = event.startsWith('connect.') || event === 'after gracePeriod';
    const outcome = isGivenUp && hasEnded ? 'ignored' : attempting.has(place) && outcomeOf[event];
    if (outcome) this.#permits.at(-1)?.outcomes.push(outcome);
  }

  /** Tells what is going on to end, once. */
  #obey(before: ModelState, command: ReconnectCommand['type']): void {
    if (this.state.place === before.place) return;
    const code = codes[command];
    if (isCalled(before)) this.#aborted.connect = code;
    if (isOnline(before) || before.place === 'running.draining') this.#abortRun(code);
    if (before.place === 'waiting.deciding') this.#aborted.retryDelay = code;
    if (before.place === 'connecting.queued') this.#takenBack[this.#takenBack.length - 1] = true;
  }

  #abortRun(code: string): void {
    this.#aborted.run = code;
    this.#endProbe(code);
  }

  #endProbe(code: string): void {
    if (this.#isProbing) this.#aborted.probe = code;
    this.#isProbing = false;
  }

  #endAttempt(before: ModelState, event: ModelEvent): void {
    const attempt = { attempt: before.attempt, epoch: before.epoch + 1 };
    const connectMs = this.#nowMs - this.#startedAtMs;
    if (event === 'connect.ok') {
      const queuedMs = this.#startedAtMs - (this.#queuedAtMs ?? this.#startedAtMs);
      const downMs = this.#nowMs - (this.#downSinceMs as number);
      this.#emit({ type: 'connection.opened', ...attempt, connectMs, queuedMs, downMs });
      this.#open();
    } else if (isCommand(event)) {
      this.#emit({ type: 'attempt.aborted', ...attempt, cause: event });
    } else {
      this.#last = failureOf[event];
      this.#emit({ type: 'attempt.failed', ...attempt, ...this.#last, connectMs });
      if (event.startsWith('after')) this.#aborted.connect = 'ERR_CONNECT_TIMEOUT';
    }
  }

  #open(): void {
    this.#openedAtMs = this.#nowMs;
    this.#broken = undefined;
    this.#thrown = undefined;
    this.#detail = undefined;
    this.#calls.runs += 1;
    this.#calls.closes += 1;
    this.#told.run = { epoch: this.state.epoch };
    this.#aborted.run = undefined;
    if (this.state.place === 'running.stable') this.#becomeStable();
  }

  #becomeStable(): void {
    const { epoch } = this.state;
    this.#stableEpoch = epoch;
    this.#delayMs = 0;
    this.#countedDelayMs = 0;
    this.#last = undefined;
    this.#downSinceMs = undefined;
    this.#emit({ type: 'connection.stable', epoch });
  }

  #endOnline(before: ModelState, event: ModelEvent): void {
    const isLost = this.state.loss !== undefined;
    this.#upMs = this.#nowMs - (this.#openedAtMs as number);
    this.#downSinceMs ??= this.#nowMs;
    if (isLost) this.#broken = failureOf[event];
    if (hasDetail.has(event)) this.#detail = DETAIL;
    this.#emit({
      type: 'connection.closing',
      epoch: before.epoch,
      cause: isLost ? 'lost' : isCommand(event) ? event : 'settled',
      ...errorIn(failureOf[event]),
      ...this.#detailOfEnd,
      upMs: this.#upMs,
    });
    const permit = this.#permits.at(-1);
    const isOver = isLost || (!isCommand(event) && event !== 'run.break' && event !== 'run.fatal');
    if (permit && isOver && before.place === 'running.settling') permit.unstables += 1;
  }

  get #detailOfEnd(): object | undefined {
    return this.#detail === undefined ? undefined : { detail: this.#detail };
  }

  /** What `run` is told, what it answers, and how the session ends. */
  #serve(before: ModelState, event: ModelEvent): void {
    const { state } = this;
    if (event === 'closed late') this.#detail = DETAIL;
    if (event === 'probe.ok' || event === 'probe.rejects') this.#isProbing = false;
    if (event === 'probe' && state.isProbing && !before.isProbing) {
      this.#calls.probes += 1;
      this.#isProbing = true;
      this.#aborted.probe = undefined;
    }
    if (state.place === 'running.closing' && before.place !== state.place && !state.settled) {
      const { message } = (this.#broken?.error ?? {}) as Partial<Error>;
      this.#abortRun(message === undefined ? LOST : `${LOST}: ${message}`);
    }
    if (event.startsWith('run.') && event !== 'run.lost') {
      this.#thrown = failureOf[event];
      this.#endProbe('AbortError');
    }
    if (!isSession(state)) this.#close(before, event);
  }

  #close(before: ModelState, event: ModelEvent): void {
    const { state } = this;
    const isOverdue = event === 'after gracePeriod' && before.settled === undefined;
    const failure = this.#failureOfSession(before, isOverdue);
    const requested = requestOf[before.place];
    const cause =
      (state.status === 'completed' && 'break') ||
      (state.status === 'failed' && 'fatal') ||
      (before.loss !== undefined && 'lost') ||
      (requested === 'stop' || !before.isOver ? requested : undefined) ||
      (failure === undefined ? 'continue' : 'retryable');
    const isAsked = cause === 'break' || (requested && failure?.error instanceof ConnectionLost);
    const unsettled = isOverdue && before.loss === undefined;
    this.#emit({
      type: 'connection.closed',
      epoch: before.epoch,
      cause,
      upMs: this.#upMs,
      isStable: this.#stableEpoch === before.epoch,
      ...(unsettled ? { error: overdue } : errorIn(isAsked ? undefined : failure)),
      ...this.#detailOfEnd,
      ...(event === 'release.throws' && { releaseError: errors.release }),
      ...(event === 'after gracePeriod' && !isOverdue && { releaseError: overdue }),
    });
    const isFailure = state.attempt > before.attempt || state.status === 'failed';
    if (isFailure) this.#last = failure;
  }

  /** `fatal()` of `run` wins, then what broke the connection, then what else `run` has thrown. */
  #failureOfSession({ loss }: ModelState, isOverdue: boolean): Failure | undefined {
    if (this.#thrown?.verdict === 'fatal') return this.#thrown;
    if (this.#broken !== undefined) return this.#broken;
    return isOverdue && loss ? { error: new ConnectionLost(), verdict: 'transient' } : this.#thrown;
  }

  /** A policy is asked, and answers. */
  #decide(before: ModelState, event: ModelEvent): void {
    const { place, attempt } = this.state;
    if (place === 'waiting.deciding' && before.place !== place) {
      this.#calls.retryDelays += 1;
      this.#told.retryDelay = {
        phase: isSession(before) ? 'run' : 'connect',
        error: this.#last?.error,
        attempt,
        previousDelayMs: this.#countedDelayMs,
        hintMs: event === 'connect.overloaded' ? HINT_MS : undefined,
        downMs: this.#nowMs - (this.#downSinceMs as number),
      };
      this.#aborted.retryDelay = undefined;
    }
    if (event === 'retryDelay.throws') this.#last = failureOf[event];
    const delayMs = attempting.has(before.place) ? postponed[event] : delayOf(event, attempt);
    if (delayMs === undefined) return;
    this.#delayMs = delayMs;
    if (event !== 'connect.postponed') this.#countedDelayMs = delayMs;
    this.#retryAtMs = this.#nowMs + delayMs;
    this.#emit({ type: 'retry.scheduled', attempt, delayMs, ...this.#last });
  }

  #suspend(before: ModelState): void {
    const { place } = this.state;
    if (place === before.place) return;
    if (place === 'waiting.suspended') this.#emit({ type: 'link.suspended' });
    if (before.place === 'waiting.suspended' && place !== 'stopped') {
      this.#emit({ type: 'link.resumed' });
    }
  }

  /** An attempt begins: the limiter is asked, then `connect` is called. */
  #begin(before: ModelState, event: ModelEvent): void {
    const { state } = this;
    const { attempt, epoch } = state;
    if (state.isUnasked && !before.isUnasked) {
      this.#calls.asks += 1;
      this.#told.ask = { ...REQUEST, attempt };
      this.#queuedAtMs = undefined;
    }
    if (event === 'limiter.queues') {
      this.#queuedAtMs = this.#nowMs;
      this.#takenBack.push(false);
      this.#emit({ type: 'connection.queued', key: REQUEST.key });
    }
    if (event === 'limiter.admits' || event === 'limiter.grants') {
      this.#permits.push({ outcomes: [], unstables: 0 });
    }
    if (isCalled(state) && !isCalled(before)) {
      this.#startedAtMs = this.#nowMs;
      this.#calls.connects += 1;
      this.#told.connect = { attempt, epoch: epoch + 1, lastError: this.#last?.error };
      this.#aborted.connect = undefined;
      this.#emit({ type: 'attempt.started', attempt, epoch: epoch + 1 });
    }
  }

  #end(before: ModelState, event: ModelEvent): void {
    const { status, hasLateError, place } = this.state;
    if (place === before.place) return;
    if (place.endsWith('stopping')) this.#output = stopped;
    if (place !== 'stopped') return;
    if (status === 'stopped') this.#output = stopped;
    if (status === 'completed') this.#output = { status, value: 'result' };
    if (status === 'failed') {
      if (before.place.startsWith('connecting')) this.#last = failureOf[event];
      this.#output = { status, error: this.#last?.error };
    }
    if (hasLateError) {
      const late = isSession(before) ? this.#thrown : failureOf[event];
      this.#output = { ...stopped, ...errorIn(late) };
    }
    this.#emit({ type: 'link.ended', output: this.#output });
  }

  #setTimers(before: ModelState): void {
    const { place, settled } = this.state;
    const hasSettled = isSession(this.state) && settled !== undefined && !before.settled;
    if (place !== before.place || hasSettled) {
      const ms = timerIn[place] ?? (place === 'waiting.delaying' ? this.#delayMs : Infinity);
      this.#timerDueMs = ms === Infinity ? undefined : this.#clockMs + ms;
    }
    if (hasSettled) this.#releaseDueMs = this.#clockMs + TIMES.gracePeriodMs;
    if (!isSession(this.state)) this.#releaseDueMs = undefined;
  }
}

const attempting: ReadonlySet<Place> = new Set(['connecting.attempting', 'connecting.overdue']);
const givingUp: ReadonlySet<Place> = new Set([
  'connecting.restarting',
  'connecting.suspending',
  'connecting.stopping',
]);

/** Whether `connect` is working. */
function isCalled({ place, isUnasked }: ModelState): boolean {
  return attempting.has(place) && !isUnasked;
}

function isOnline({ place }: ModelState): boolean {
  return place === 'running.settling' || place === 'running.stable';
}

function isSession({ place }: ModelState): boolean {
  return place.startsWith('running');
}

const LOST = 'ERR_CONNECTION_LOST';
const overdue = new GracePeriodError(TIMES.gracePeriodMs);
const stopped = { status: 'stopped', reason: 'asked' };

/** With what a command aborts. */
const codes: Record<ReconnectCommand['type'], string> = {
  stop: 'ERR_STOP_REQUESTED',
  reconnect: 'ERR_RECONNECT_REQUESTED',
  suspend: 'ERR_SUSPEND_REQUESTED',
  resume: 'nothing: it only ends a suspension',
  probe: 'nothing: it only asks',
};

const requestOf: { readonly [P in Place]?: string } = {
  'running.reconnecting': 'reconnect',
  'running.suspending': 'suspend',
  'running.stopping': 'stop',
};

type ByEvent<T> = { readonly [E in ModelEvent]?: T };

const timedOut = new ConnectTimeoutError(TIMES.connectTimeoutMs);

const failureOf: ByEvent<Failure> = {
  'connect.retryable': { error: errors.retryable, verdict: 'transient' },
  'connect.overloaded': { error: errors.overloaded, verdict: 'transient' },
  'connect.postponed': { error: errors.postponed, verdict: 'transient' },
  'connect.permanent': { error: errors.permanent, verdict: 'permanent' },
  'connect.fatal': { error: errors.fatal, verdict: 'fatal' },
  'after connectTimeout': { error: timedOut, verdict: 'transient' },
  'after turn': { error: timedOut, verdict: 'transient' },
  'run.throws': { error: errors.retryable, verdict: 'transient' },
  'run.permanent': { error: errors.permanent, verdict: 'permanent' },
  'run.fatal': { error: errors.fatal, verdict: 'fatal' },
  'run.lost': { error: errors.lost, verdict: 'transient' },
  'probe.rejects': { error: errors.lost, verdict: 'transient' },
  'lost.permanent': { error: errors.lostForNow, verdict: 'permanent' },
  'lost.fatal': { error: errors.lostForGood, verdict: 'fatal' },
  'lost.unread, fatal': { error: errors.lostForGood, verdict: 'fatal' },
  'release.throws': { error: errors.release, verdict: 'transient' },
  'retryDelay.throws': { error: errors.policy, verdict: 'transient' },
};

const hasDetail: ReadonlySet<ModelEvent> = new Set([
  'lost.permanent',
  'lost.fatal',
  'lost.unread, fatal',
]);

function limiterFailure({ isUnasked }: ModelState): Failure {
  const error = isUnasked
    ? new LimiterError('the limiter threw', { cause: errors.limiter })
    : new LimiterError('the limiter granted something that is not a permit');
  return { error, verdict: 'transient' };
}

function errorIn(failure: Failure | undefined): object | undefined {
  return failure && { error: failure.error };
}

/** What a permit is told of an attempt that nobody has asked to end. */
const outcomeOf: ByEvent<string> = {
  'connect.ok': 'opened',
  'connect.retryable': 'failed',
  'connect.overloaded': 'overloaded',
  'connect.postponed': 'ignored',
  'connect.permanent': 'ignored',
  'connect.fatal': 'ignored',
  'after connectTimeout': 'failed',
  'after turn': 'failed',
};

const latenessOf: ByEvent<number> = {
  'after connectTimeout': SLOW_MS,
  'late connectTimeout': STALLED_MS,
};

const postponed: ByEvent<number> = { 'connect.postponed': POSTPONED_MS };

function delayOf(event: ModelEvent, attempt: number): number | undefined {
  if (event === 'retryDelay.ms') return delayAt(attempt);
  if (event === 'retryDelay.zero') return 0;
  return event === 'retryDelay.infinity' ? Infinity : undefined;
}

/** How long each place lasts at most, but for the wait. */
const timerIn: { readonly [P in Place]?: number } = {
  'connecting.attempting': TIMES.connectTimeoutMs,
  'connecting.overdue': 0,
  'connecting.restarting': TIMES.gracePeriodMs,
  'connecting.suspending': TIMES.gracePeriodMs,
  'connecting.stopping': TIMES.gracePeriodMs,
  'running.settling': TIMES.stableAfterMs,
  'running.draining': TIMES.gracePeriodMs,
  'running.closing': TIMES.gracePeriodMs,
  'running.reconnecting': TIMES.gracePeriodMs,
  'running.suspending': TIMES.gracePeriodMs,
  'running.stopping': TIMES.gracePeriodMs,
};

/** The public question has one answer in each place, with two that come besides. */
const tagsOf: { readonly [P in Place]: readonly ReconnectTag[] } = {
  'connecting.queued': ['connecting', 'queued', 'offline'],
  'connecting.attempting': ['connecting', 'offline'],
  'connecting.overdue': ['connecting', 'offline'],
  'connecting.restarting': ['connecting', 'offline'],
  'connecting.suspending': ['closing', 'offline'],
  'connecting.stopping': ['stopping', 'offline'],
  'running.settling': ['online'],
  'running.stable': ['online'],
  'running.draining': ['closing', 'offline'],
  'running.closing': ['closing', 'offline'],
  'running.reconnecting': ['closing', 'offline'],
  'running.suspending': ['closing', 'offline'],
  'running.stopping': ['stopping', 'offline'],
  'waiting.deciding': ['waiting', 'offline'],
  'waiting.delaying': ['waiting', 'offline'],
  'waiting.suspended': ['suspended', 'offline'],
  stopped: ['offline'],
};
