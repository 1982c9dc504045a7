import type { AnyConnector, ConnectContext, ErrorFacts, Peer, Verdict } from '../core/connector.js';
import { ConnectTimeoutError, unmark } from '../core/errors.js';
import { askLimiterKey } from '../core/limiter.js';
import { isAborted, throwIfAborted, whenAborted } from '../core/whenAborted.js';
import type { Member } from './endpointPool.js';
import type { EndpointRoster } from './endpointRoster.js';
import { OwnedEndpointSession } from './endpointSession.js';
import type { EndpointSource } from './endpointSource.js';
import { openEndpoint } from './openEndpoint.js';
import { counted, uncounted } from './passedOn.js';

/** The delay before the next endpoint of a round, in milliseconds. */
const NEXT = { delayMs: 100, spreadMs: 400 };

/** The attempts of one link over several endpoints. */
export class EndpointLink {
  readonly #roster: EndpointRoster;
  readonly #source: EndpointSource | undefined;
  /** The endpoint of the latest attempt. */
  #current: Member | undefined;

  constructor(roster: EndpointRoster, source: EndpointSource | undefined) {
    this.#roster = roster;
    this.#source = source;
  }

  /** Empty while no endpoint is known. */
  limiterKey(): string {
    const { pool } = this.#roster;
    if (pool.members.length === 0) return '';
    const member = pool.next();
    let connector: AnyConnector;
    try {
      connector = this.#roster.connectorOf(member);
    } catch {
      // The attempt will raise the same error.
      return member.name;
    }
    try {
      return askLimiterKey(connector.limiterKey ?? member.name, connector);
    } catch (error) {
      this.#roster.fail(member, { error: unmark(error), verdict: 'transient' });
      throw error;
    }
  }

  async connect(attempt: ConnectContext): Promise<OwnedEndpointSession<unknown, unknown>> {
    const { pool, settings, tell } = this.#roster;
    this.#current = undefined;
    if (this.#source !== undefined) await this.#source.refresh(attempt);
    const member = pool.next();
    this.#current = member;
    const { attempt: failed, epoch } = attempt;
    tell({ type: 'endpoint.chosen', endpoint: member.name, attempt: failed, epoch });
    // A listener may have sent a command.
    throwIfAborted(attempt);
    const forget = whenAborted(attempt, (reason) => {
      // After the link's own timeout, later results do not count.
      if (!(reason instanceof ConnectTimeoutError)) return;
      this.#roster.fail(member, { error: reason, verdict: 'transient' });
    });
    try {
      const connector = this.#roster.connectorOf(member);
      const connection = await openEndpoint(connector, attempt, attempt, settings);
      return new OwnedEndpointSession(connection, member, epoch, settings.now());
    } catch (error) {
      throw isAborted(attempt) ? error : this.#failed(member, error, attempt);
    } finally {
      forget();
    }
  }

  isRetryable(error: unknown, facts: ErrorFacts): boolean | Verdict | undefined {
    return this.#roster.verdictOf(error) ?? this.#current?.connector?.isRetryable?.(error, facts);
  }

  /** The peer of the latest attempt. */
  get peer(): Peer | undefined {
    const connector = this.#current?.connector;
    const peer = connector?.peer;
    return typeof peer === 'function' ? peer.call(connector) : peer;
  }

  /** The `retryDelay` of the endpoint that failed, if it has one. */
  get retryDelay(): AnyConnector['retryDelay'] {
    const connector = this.#current?.connector;
    return connector?.retryDelay?.bind(connector);
  }

  /** The error to throw for a failed attempt: it counts if it was the last of a round. */
  #failed(member: Member, error: unknown, { attempt, epoch }: ConnectContext): unknown {
    // A context does not contain whether there was a good session; an earlier session is the closest known fact.
    const facts = {
      phase: 'connect',
      attempt,
      epoch: epoch - 1,
      hasBeenStable: epoch > 1,
    } as const;
    const judgement = this.#roster.judge(member, error, facts);
    const { verdict, spreadMs, consumesAttempt } = judgement;
    if (consumesAttempt === false || verdict === 'fatal') return error;
    const { isOver, isPermanent, hintMs } = this.#roster.fail(member, judgement);
    if (!isOver) return uncounted(judgement, NEXT);
    if (isPermanent) return judgement.error;
    return counted(judgement, hintMs === undefined ? {} : { delayMs: hintMs, spreadMs });
  }
}
