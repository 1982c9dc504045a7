import type { AnyConnector, ErrorFacts, Verdict } from '../core/connector.js';
import { InvalidOptionError, unmark } from '../core/errors.js';
import { guarded } from '../core/guarded.js';
import { tap } from '../core/tap.js';
import { classify, type Judgement } from '../policy/classify.js';
import type { EndpointEvent, EndpointSettings } from './endpointOptions.js';
import { EndpointPool, type Member, type RoundState } from './endpointPool.js';
import { nameEndpoint } from './nameEndpoint.js';

/** The endpoints of one link with their connectors and their events. */
export class EndpointRoster {
  readonly settings: EndpointSettings;
  readonly pool: EndpointPool;
  readonly tell: (event: EndpointEvent) => void;
  /** True if all endpoints have failed since the last call of `discover`. */
  isSuspect = false;
  /** The connector that the roster belongs to. */
  declare owner: AnyConnector;
  readonly #connectTo: (endpoint: never) => AnyConnector;
  /** The verdict on the latest error, stored so that the user's `isRetryable` is called once. */
  #judged: { readonly error: unknown; readonly verdict: Verdict } | undefined;

  constructor(connectTo: (endpoint: never) => AnyConnector, settings: EndpointSettings) {
    this.#connectTo = connectTo;
    this.settings = settings;
    this.tell = guarded(settings.onEvent ?? (() => {}), console.error);
    const onEject = ({ name }: Member, forMs: number) => {
      const event: EndpointEvent = { type: 'endpoint.ejected', endpoint: name, forMs };
      tap()?.told(event, this.owner);
      this.tell(event);
    };
    this.pool = new EndpointPool({ ...settings, onEject });
  }

  /** @throws what `connectTo` throws; InvalidOptionError when it does not return a connector */
  connectorOf(member: Member): AnyConnector {
    if (member.connector === undefined) {
      const connector = this.#connectTo(member.endpoint as never);
      for (const name of ['connect', 'run'] as const) {
        if (typeof (connector as Partial<AnyConnector> | undefined)?.[name] === 'function')
          continue;
        throw new InvalidOptionError('connectTo', 'a function that returns a connector', connector);
      }
      member.connector = connector;
    }
    return member.connector;
  }

  /** An attempt at this endpoint failed, or its session ended too early. */
  fail(member: Member, judgement: Judgement): RoundState {
    this.tellFailed(member, judgement);
    const { verdict, hintMs } = judgement;
    const round = this.pool.fail(member, verdict === 'permanent', hintMs);
    this.isSuspect ||= round.isOver;
    return round;
  }

  tellFailed({ name }: Member, { error, verdict }: Judgement): void {
    const thrown = error === undefined ? undefined : { error };
    this.tell({ type: 'endpoint.failed', endpoint: name, ...thrown, verdict });
  }

  /** Classifies an error of this endpoint, and adds the endpoint's name to it. */
  judge(member: Member, error: unknown, facts: ErrorFacts): Judgement {
    nameEndpoint(unmark(error), member.name);
    const judgement = classify(error, (member.connector ?? {}) as AnyConnector, facts);
    // The error is passed on unchanged, or as the error that `isRetryable` made of it.
    const isPassed = judgement.verdict !== 'permanent';
    this.#judged = { error: isPassed ? error : judgement.error, verdict: judgement.verdict };
    return judgement;
  }

  /** The verdict on an error, if it was the latest. */
  verdictOf(error: unknown): Verdict | undefined {
    return this.#judged?.error === error ? this.#judged?.verdict : undefined;
  }
}
