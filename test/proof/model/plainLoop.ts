import {
  ConnectionLost,
  ConnectTimeoutError,
  type ControlFlow,
  FatalError,
  GracePeriodError,
  type Permit,
  ReconnectRequested,
  RetryableError,
  type ReconnectCommand,
  type ReconnectEmitted,
  type ReconnectOutput,
  StopRequested,
  SuspendRequested,
  type Verdict,
} from 'schmoozer';
import type { VirtualClock } from 'schmoozer/testing';
import { BACKOFF_MS, type Call, CHANCE, type World } from './differentialWorld.js';

export const LIMITS = {
  connectTimeoutMs: 1000.25,
  stableAfterMs: 1000.125,
  gracePeriodMs: 500.0625,
};

type Command = ReconnectCommand['type'];
/** What an owner may ask of work that is under way. */
type Request = 'stop' | 'reconnect' | 'suspend';
type Output = ReconnectOutput<string>;

/** What happens first. */
type Happening<T = never> =
  | { readonly type: 'resolved'; readonly value: T }
  | { readonly type: 'rejected'; readonly error: unknown }
  | { readonly type: 'lost' | 'drained' | 'released' | 'timer' }
  | { readonly type: Exclude<Command, 'probe'> };

/** What to do next; a string is the name of a state. */
type Next = 'connect' | 'suspend' | Failure | { readonly output: Output };

/** A session or an attempt that has failed; without a judgement nothing was thrown. */
interface Failure {
  readonly phase: 'connect' | 'run';
  readonly judgement: Judgement | undefined;
}

interface Judgement {
  readonly error: unknown;
  readonly verdict: Verdict;
  readonly hintMs?: number | undefined;
  readonly consumesAttempt?: boolean;
}

/** How a connection ended by itself. */
interface End {
  readonly failure: { readonly error: unknown } | undefined;
  readonly detail: unknown;
  readonly drained: PromiseLike<unknown> | undefined;
}

/**
 * The loop of the seed crate, written down plainly: connect, run, ask for the delay, sleep, again. It keeps what the
 * machine promises by waiting for one thing after the other, and knows no states but the lines it stands in.
 */
export async function plainLoop(world: World, clock: VirtualClock): Promise<Output> {
  const { failFast, permits, decides } = world.script;
  const limiter = permits && world.limiter();
  let attempt = 0;
  let epoch = 0;
  let previousDelayMs = 0;
  let lastError: unknown;
  let stableEpoch = 0;
  let downSinceMs: number | undefined = clock.now();

  const emit = (event: ReconnectEmitted) => world.hear(event);
  const graceError = () => new GracePeriodError(LIMITS.gracePeriodMs);
  const timeoutError = () => new ConnectTimeoutError(LIMITS.connectTimeoutMs);

  const isFatal = ({ verdict }: Judgement) =>
    verdict === 'fatal' ||
    (verdict === 'permanent' &&
      (failFast === 'always' || (failFast === 'startup' && stableEpoch === 0)));

  const judge = (error: unknown, phase: 'connect' | 'run'): Judgement => {
    if (isAbort(error)) return { error, verdict: 'transient' };
    if (error instanceof FatalError) return { error: error.cause, verdict: 'fatal' };
    if (error instanceof RetryableError) {
      const { cause, delayMs: hintMs, consumesAttempt } = error;
      return { error: cause, verdict: 'transient', hintMs, consumesAttempt };
    }
    const facts = { phase, attempt, epoch, hasBeenStable: stableEpoch > 0 };
    const answer = world.isRetryable(error, facts);
    return { error, verdict: answer === true ? 'transient' : answer || 'fatal' };
  };

  /** Waits for whatever comes first; of commands only for those that are heeded. */
  const first = <T>(
    heeds: readonly Exclude<Command, 'probe'>[],
    waits: {
      readonly work?: Promise<T> | undefined;
      readonly lost?: Promise<unknown> | undefined;
      readonly drained?: PromiseLike<unknown> | undefined;
      readonly released?: Promise<unknown> | undefined;
      readonly untilMs?: number;
    },
  ) =>
    new Promise<Happening<T>>((resolve) => {
      const { untilMs = Infinity } = waits;
      const timer = clock.setTimeout(() => resolve({ type: 'timer' }), untilMs - clock.now());
      const happened = (what: Happening<T>) => {
        clock.clearTimeout(timer);
        resolve(what);
      };
      world.onCommand = (command) => {
        const type = heeds.find((one) => one === command);
        if (type !== undefined) happened({ type });
      };
      waits.work?.then(
        (value) => happened({ type: 'resolved', value }),
        (error) => happened({ type: 'rejected', error }),
      );
      for (const type of ['lost', 'drained', 'released'] as const) {
        const over = () => happened({ type });
        waits[type]?.then(over, over);
      }
    });

  /** Asks the limiter, if there is one; a permit, or what follows when there is none. */
  const admit = async (): Promise<Permit | undefined | { readonly next: Next }> => {
    const request = { key: '', priority: 0, attempt };
    let permit: Permit | undefined;
    try {
      permit = limiter?.tryAcquire(request);
    } catch (error) {
      return { next: { phase: 'connect', judgement: judge(error, 'connect') } };
    }
    if (limiter === undefined || permit !== undefined) return permit;
    let cancel = () => {};
    const granted = new Promise<Permit>((resolve) => {
      cancel = limiter.enqueue(request, resolve);
    });
    emit({ type: 'connection.queued', key: '' });
    const what = await first(['stop', 'suspend'], { work: granted });
    if (what.type === 'resolved') return what.value;
    cancel();
    return { next: what.type === 'stop' ? stopped() : 'suspend' };
  };

  /** One attempt; a session, or what follows when there is none. */
  const connectOnce = async (): Promise<Next> => {
    const queuedAtMs = clock.now();
    const admitted = await admit();
    if (admitted && 'next' in admitted) return admitted.next;
    const permit = admitted;
    const startedAtMs = clock.now();
    const facts = { attempt, epoch: epoch + 1 };
    emit({ type: 'attempt.started', ...facts });
    const call = world.connect(attempt, epoch + 1, lastError);
    const what = await first(['stop', 'reconnect', 'suspend'], {
      work: call.settled,
      untilMs: startedAtMs + LIMITS.connectTimeoutMs,
    });
    const connectMs = clock.now() - startedAtMs;
    switch (what.type) {
      case 'resolved': {
        permit?.settle('opened');
        epoch += 1;
        const downMs = clock.now() - (downSinceMs as number);
        const queuedMs = startedAtMs - queuedAtMs;
        emit({ type: 'connection.opened', attempt, epoch, connectMs, queuedMs, downMs });
        return serve(what.value, permit);
      }
      case 'rejected': {
        const judgement = judge(what.error, 'connect');
        const { error, verdict, hintMs, consumesAttempt } = judgement;
        emit({ type: 'attempt.failed', ...facts, error, verdict, connectMs });
        const isCounted = verdict === 'transient' && consumesAttempt !== false;
        permit?.settle(!isCounted ? 'ignored' : hintMs === undefined ? 'failed' : 'overloaded');
        return isFatal(judgement) ? failed(error) : { phase: 'connect', judgement };
      }
      case 'timer': {
        const judgement = { error: timeoutError(), verdict: 'transient' } as const;
        emit({ type: 'attempt.failed', ...facts, ...judgement, connectMs });
        call.abort(timeoutError());
        permit?.settle('failed');
        releaseLate(call);
        return { phase: 'connect', judgement };
      }
      default: {
        const cause = what.type as Request;
        emit({ type: 'attempt.aborted', ...facts, cause });
        call.abort(reasonOf(cause));
        return giveUp(call, permit, cause);
      }
    }
  };

  /** Waits for an attempt that was told to end; commands still change what follows. */
  const giveUp = async (
    call: Call<object>,
    permit: Permit | undefined,
    told: Request,
  ): Promise<Next> => {
    let wanted = told;
    let untilMs = clock.now() + LIMITS.gracePeriodMs;
    const heeded = {
      stop: [],
      reconnect: ['stop', 'suspend'],
      suspend: ['stop', 'resume'],
    } as const;
    let work: Promise<object> | undefined = call.settled;
    let released: Promise<unknown> | undefined;
    let error: unknown;
    for (let isOver = false; !isOver;) {
      const what: Happening<object> = await first(heeded[wanted], { work, released, untilMs });
      switch (what.type) {
        case 'resolved':
          // Came too late to be run.
          permit?.settle('ignored');
          released = world.disconnect(what.value);
          work = undefined;
          isOver = released === undefined;
          break;
        case 'rejected':
          permit?.settle('ignored');
          error = what.error;
          isOver = true;
          break;
        case 'released':
          isOver = true;
          break;
        case 'timer':
          if (work !== undefined) {
            permit?.settle('ignored');
            releaseLate(call);
          }
          isOver = true;
          break;
        default:
          wanted = what.type === 'resume' ? 'reconnect' : (what.type as Request);
          untilMs = clock.now() + LIMITS.gracePeriodMs;
      }
    }
    if (wanted === 'stop') return stopped(error);
    if (error instanceof FatalError) return failed(error.cause);
    return wanted === 'suspend' ? 'suspend' : 'connect';
  };

  /** Nobody waits for it any more. */
  const releaseLate = (call: Call<object>) => {
    call.settled.then(
      (connection) => void world.disconnect(connection),
      () => {},
    );
  };

  /** One session, from the connection to its release. */
  const serve = async (connection: object, permit: Permit | undefined): Promise<Next> => {
    const openedAtMs = clock.now();
    const call = world.run(connection, epoch);
    let end: End | undefined;
    const lost = world.closed(connection).then(
      ({ error, detail, drained }) => {
        end ??= { failure: error === undefined ? undefined : { error }, detail, drained };
      },
      (error) => {
        end ??= { failure: { error }, detail: undefined, drained: undefined };
      },
    );
    const heeds = ['stop', 'reconnect', 'suspend'] as const;
    const stableAtMs = openedAtMs + LIMITS.stableAfterMs;
    let what = await first(heeds, { work: call.settled, lost, untilMs: stableAtMs });
    if (what.type === 'timer') {
      attempt = previousDelayMs = 0;
      lastError = downSinceMs = undefined;
      stableEpoch = epoch;
      emit({ type: 'connection.stable', epoch });
      what = await first(heeds, { work: call.settled, lost });
    }

    // Not online from here on.
    const upMs = clock.now() - openedAtMs;
    downSinceMs ??= clock.now();
    const isLost = what.type === 'lost';
    const hasEnded = isLost || what.type === 'resolved' || what.type === 'rejected';
    const ended = end as End | undefined;
    const cause = isLost ? 'lost' : hasEnded ? 'settled' : (what.type as Request);
    const thrown = what.type === 'rejected' ? { error: what.error } : ended?.failure;
    emit({
      type: 'connection.closing',
      epoch,
      cause,
      ...(hasEnded && thrown && { error: unmark(thrown.error) }),
      detail: ended?.detail,
      upMs,
    });
    const isEarly = upMs < LIMITS.stableAfterMs;
    const isGood =
      (what.type === 'resolved' && what.value.type === 'Break') ||
      (what.type === 'rejected' && what.error instanceof FatalError);
    const own = what.type === 'rejected' ? what.error : isLost ? ended?.failure?.error : undefined;
    const asks = own instanceof RetryableError && own.consumesAttempt;
    if (hasEnded && isEarly && !isGood) permit?.unstable(asks ? own.delayMs : undefined);

    // What ends it, and what is asked while it ends.
    let wanted = (hasEnded ? 'wait' : what.type) as 'wait' | Request;
    const heeded = {
      wait: ['stop', 'reconnect', 'suspend'],
      stop: [],
      reconnect: ['stop', 'suspend'],
      suspend: ['stop', 'resume'],
    } as const;
    let untilMs = clock.now() + LIMITS.gracePeriodMs;
    let result =
      isLost || !hasEnded ? undefined : (what as Happening<ControlFlow<string, unknown>>);
    let drained = isLost ? ended?.drained : undefined;
    let isTold = false;
    const tell = (reason: Error) => {
      if (!isTold) call.abort(reason);
      isTold = true;
      drained = undefined;
    };
    const connectionLost = () => new ConnectionLost(ended?.failure);
    if (isLost && drained === undefined) tell(connectionLost());
    if (!hasEnded) tell(reasonOf(what.type as Request));
    let releaseError: unknown;
    let released: Promise<unknown> | undefined;
    let isOver = false;
    const release = () => {
      isTold = true;
      drained = undefined;
      released = world.disconnect(connection);
      untilMs = clock.now() + LIMITS.gracePeriodMs;
      isOver = released === undefined;
    };
    if (result !== undefined) release();
    while (!isOver) {
      const work = result === undefined ? call.settled : undefined;
      const now: Happening<ControlFlow<string, unknown>> = await first(heeded[wanted], {
        work,
        drained,
        released,
        untilMs,
      });
      switch (now.type) {
        case 'resolved':
        case 'rejected':
          result = now;
          release();
          break;
        case 'released':
          isOver = true;
          break;
        case 'drained':
          tell(connectionLost());
          untilMs = clock.now() + LIMITS.gracePeriodMs;
          break;
        case 'timer':
          if (drained !== undefined) {
            tell(connectionLost());
            untilMs = clock.now() + LIMITS.gracePeriodMs;
            break;
          }
          if (released !== undefined) releaseError = graceError();
          else void world.disconnect(connection);
          isOver = true;
          break;
        default:
          wanted = now.type === 'resume' ? 'reconnect' : (now.type as Request);
          if (result === undefined) {
            tell(reasonOf(wanted as Request));
            untilMs = clock.now() + LIMITS.gracePeriodMs;
          }
      }
    }

    // What is told of it, and what follows.
    const error = result?.type === 'rejected' ? { error: result.error } : undefined;
    const isMarkedFatal = error?.error instanceof FatalError;
    const judged = (): Judgement | undefined => {
      if (!isLost || isMarkedFatal) return error && judge(error.error, 'run');
      if (ended?.failure) return judge(ended.failure.error, 'run');
      if (result?.type === 'resolved') return undefined;
      if (error === undefined) return { error: new ConnectionLost(), verdict: 'transient' };
      return isAbort(error.error) ? undefined : judge(error.error, 'run');
    };
    const answer = result?.type === 'resolved' ? result.value : undefined;
    const isBroken = answer?.type === 'Break' && wanted !== 'stop';
    const isOverdue = result === undefined && !isLost;
    const judgement = isBroken || (answer?.type === 'Break' && !isLost) ? undefined : judged();
    const endsFatally =
      wanted !== 'stop' &&
      !isBroken &&
      (wanted === 'suspend' ? isMarkedFatal : judgement !== undefined && isFatal(judgement));
    const isAsked = wanted !== 'wait' && judgement !== undefined && isAbort(judgement.error);
    emit({
      type: 'connection.closed',
      epoch,
      cause: isBroken
        ? 'break'
        : endsFatally
          ? 'fatal'
          : isLost
            ? 'lost'
            : wanted === 'stop' || !hasEnded
              ? (wanted as Request)
              : judgement
                ? 'retryable'
                : 'continue',
      upMs,
      isStable: stableEpoch === epoch,
      error: isOverdue ? graceError() : isAsked ? undefined : judgement?.error,
      detail: (end as End | undefined)?.detail,
      releaseError,
    });
    if (wanted === 'stop') return stopped(error?.error);
    if (answer?.type === 'Break') return { output: { status: 'completed', value: answer.value } };
    if (endsFatally) return failed(judgement?.error);
    if (wanted === 'suspend') return 'suspend';
    if (wanted === 'wait') return { phase: 'run', judgement };
    if (hasEnded) {
      // The failure counts, its wait is skipped.
      if (judgement?.consumesAttempt !== false) attempt += 1;
      lastError = judgement?.error;
    }
    return 'connect';
  };

  /** What follows a failure: the policy is asked, and its delay waited. */
  const wait = async ({ phase, judgement }: Failure): Promise<Next> => {
    const { error, verdict, hintMs, consumesAttempt } = judgement ?? {};
    lastError = error;
    let answer: ControlFlow<string, number>;
    if (consumesAttempt === false) answer = { type: 'Continue', payload: hintMs ?? 0 };
    else {
      attempt += 1;
      const downMs = clock.now() - (downSinceMs as number);
      const facts = { phase, error, attempt, previousDelayMs, hintMs, downMs };
      if (decides) {
        try {
          const asked = world.retryDelay(facts);
          if ('settled' in asked) {
            const what = await first(['stop', 'reconnect', 'suspend'], { work: asked.settled });
            if (what.type === 'rejected') return failed(what.error);
            if (what.type !== 'resolved') {
              asked.abort(reasonOf(what.type as Request));
              return what.type === 'stop'
                ? stopped()
                : what.type === 'suspend'
                  ? 'suspend'
                  : 'connect';
            }
            answer = what.value;
          } else answer = asked;
        } catch (thrown) {
          return failed(thrown);
        }
      } else {
        const spreadMs = CHANCE * BACKOFF_MS;
        const delayMs = Math.max(BACKOFF_MS, hintMs === undefined ? 0 : hintMs + spreadMs);
        answer = { type: 'Continue', payload: delayMs };
      }
      if (answer.type === 'Break') return { output: { status: 'completed', value: answer.value } };
      previousDelayMs = answer.payload;
    }
    const delayMs = answer.payload;
    emit({ type: 'retry.scheduled', attempt, delayMs, ...(verdict && { error, verdict }) });
    if (delayMs === 0) return 'connect';
    const what = await first(['stop', 'reconnect', 'suspend'], { untilMs: clock.now() + delayMs });
    return what.type === 'stop' ? stopped() : what.type === 'suspend' ? 'suspend' : 'connect';
  };

  const sleep = async (): Promise<Next> => {
    emit({ type: 'link.suspended' });
    const what = await first(['stop', 'resume'], {});
    if (what.type === 'stop') return stopped();
    emit({ type: 'link.resumed' });
    return 'connect';
  };

  let next: Next = 'connect';
  for (;;) {
    if (next === 'connect') next = await connectOnce();
    else if (next === 'suspend') next = await sleep();
    else if ('phase' in next) next = await wait(next);
    else {
      emit({ type: 'link.ended', output: next.output });
      return next.output;
    }
  }
}

function stopped(error?: unknown): Next {
  const late = error === undefined || isAbort(error) ? undefined : { error: unmark(error) };
  return { output: { status: 'stopped', reason: 'asked', ...late } };
}

function failed(error: unknown): Next {
  return { output: { status: 'failed', error } };
}

function reasonOf(command: Request): Error {
  if (command === 'stop') return new StopRequested('asked');
  return command === 'reconnect' ? new ReconnectRequested('asked') : new SuspendRequested('asked');
}

function unmark(error: unknown): unknown {
  return error instanceof FatalError || error instanceof RetryableError ? error.cause : error;
}

/** The error only says that work was told to end: one of our reasons, or an AbortError, alone or around one. */
function isAbort(error: unknown): boolean {
  const own = [StopRequested, ReconnectRequested, SuspendRequested, ConnectionLost];
  const isOwn = (one: unknown) => own.some((kind) => one instanceof kind);
  return (
    isOwn(error) || (error instanceof Error && (error.name === 'AbortError' || isOwn(error.cause)))
  );
}
