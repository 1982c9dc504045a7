import type { AnyConnector, ConnectionEnd, ErrorFacts, RunContext } from '../core/connector.js';
import { ConnectionLost } from '../core/errors.js';
import { type Abortable, isAborted, whenAborted } from '../core/whenAborted.js';
import type { Judgement } from '../policy/classify.js';
import { askClosed } from './askClosed.js';
import type { Member } from './endpointPool.js';
import type { EndpointRoster } from './endpointRoster.js';
import type { OwnedEndpointSession } from './endpointSession.js';
import { openEndpoint, release, releaseUnseen } from './openEndpoint.js';
import { counted } from './passedOn.js';
import { watchBetter } from './watchBetter.js';

type Session = OwnedEndpointSession<unknown, unknown>;

const ENDED: Judgement = { error: undefined, verdict: 'transient' };

/** The sessions of a link: each is served by its endpoint's connector, and its end goes into the endpoint's record. */
export class EndpointSessions {
  readonly #roster: EndpointRoster;

  constructor(roster: EndpointRoster) {
    this.#roster = roster;
  }

  async run(session: Session, context: RunContext): Promise<unknown> {
    const { member, connection } = session;
    const forget = whenAborted(context, (reason) => {
      const isLost = reason instanceof ConnectionLost;
      this.#end(session, isLost ? { ...ENDED, error: reason.cause } : undefined);
    });
    this.#watch(session);
    try {
      const connector = member.connector as AnyConnector;
      const flow = (await connector.run(connection, context)) as { type?: unknown } | undefined;
      this.#end(session, flow?.type === 'Continue' ? ENDED : undefined);
      return flow;
    } catch (error) {
      throw this.#failed(session, error);
    } finally {
      forget();
    }
  }

  closed(session: Session): Promise<ConnectionEnd | void> {
    return new Promise((resolve, reject) => {
      session.onBetter = () => {
        this.#end(session, undefined);
        this.#roster.pool.restart();
        resolve({ detail: { by: 'failback' } });
      };
      this.#closedByItself(session).then(resolve, (error: unknown) =>
        reject(this.#failed(session, error)),
      );
    });
  }

  async probe({ member, connection }: Session, context: Abortable): Promise<void> {
    await member.connector?.probe?.(connection, context);
  }

  disconnect(session: Session): PromiseLike<void> | void {
    session.stopWatch();
    return release(session.member.connector as AnyConnector, session.connection);
  }

  /** Settles when the session's own connector reports the end of the connection. */
  async #closedByItself(session: Session): Promise<ConnectionEnd | void> {
    const connector = session.member.connector as AnyConnector;
    const end = await askClosed(connector, session.connection);
    if (end?.error !== undefined) return { ...end, error: this.#failed(session, end.error) };
    this.#end(session, ENDED);
    return end;
  }

  /** The error to throw for a session that has ended: unchanged, unless another endpoint may help. */
  #failed(session: Session, error: unknown): unknown {
    const { member, epoch, ended } = session;
    if (ended === 'asked' || (ended === 'alone' && isAbortReason(error))) return error;
    const judgement = this.#roster.judge(member, error, factsOf('run', epoch));
    const { verdict, hintMs, consumesAttempt } = judgement;
    const isPassed = verdict === 'fatal' || consumesAttempt === false;
    this.#end(session, isPassed ? undefined : judgement);
    const { round } = session;
    const isHeldBack = verdict === 'permanent' && round && !(round.isOver && round.isPermanent);
    const isElsewhere = hintMs !== undefined && this.#roster.pool.hasOther(member);
    return !isPassed && (isHeldBack || isElsewhere) ? counted(judgement) : error;
  }

  /** The session has ended; only the first end counts. Without a failure the end was requested. */
  #end(session: Session, failure: Judgement | undefined): void {
    if (session.ended !== undefined) return;
    session.ended = failure === undefined ? 'asked' : 'alone';
    session.stopWatch();
    const { pool, settings } = this.#roster;
    const { member, openedAtMs } = session;
    if (settings.now() - openedAtMs >= settings.stableAfterMs) {
      pool.praise(member);
      pool.rest(member, failure?.hintMs);
    } else if (failure !== undefined) session.round = this.#roster.fail(member, failure);
  }

  #watch(session: Session): void {
    const { pool, settings } = this.#roster;
    const { member, epoch } = session;
    if (settings.failbackMs === Infinity || pool.betters(member).length === 0) return;
    session.stopWatch = watchBetter({
      ...settings,
      look: (watch) => this.#look(member, epoch, watch),
      onBetter: () => session.onBetter(),
    });
  }

  /** Checks whether a better endpoint answers: connects to it, and releases the connection. */
  async #look(member: Member, epoch: number, watch: Abortable): Promise<boolean> {
    const { pool, settings } = this.#roster;
    const better = pool.betters(member).find((each) => pool.isUsable(each));
    if (better === undefined) return false;
    const attempt = { attempt: 0, epoch: epoch + 1, lastError: undefined };
    try {
      const connector = this.#roster.connectorOf(better);
      const connection = await openEndpoint(connector, watch, attempt, settings);
      void releaseUnseen(connector, connection);
    } catch (error) {
      if (isAborted(watch)) return false;
      const facts = factsOf('connect', epoch);
      this.#roster.tellFailed(better, this.#roster.judge(better, error, facts));
      pool.note(better);
      return false;
    }
    pool.welcome(better);
    return true;
  }
}

function factsOf(phase: ErrorFacts['phase'], epoch: number): ErrorFacts {
  return { phase, attempt: 0, epoch, hasBeenStable: epoch > 1 };
}

/** True if the error only says that `run` was aborted because the connection was lost. */
function isAbortReason(error: unknown): boolean {
  const { name, cause } = Object(error) as Partial<Error>;
  const isLoss = [error, cause].some((each) => each instanceof ConnectionLost);
  return isLoss || name === 'AbortError';
}
