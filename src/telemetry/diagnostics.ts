import type { LaneChange, LaneFacts, LinkTap, Tap, TappedSettings } from '../core/tap.js';
import { TAP, UNOBSERVED } from '../core/tap.js';
import { printable } from '../core/printable.js';
import {
  budgetDegraded,
  budgetRestored,
  budgetWaited,
  endpointEjected,
  limiterPace,
  limiterQueue,
  linkGivenUp,
  restartScheduled,
} from './publishers.js';
import { errorFacts } from './errorFacts.js';
import { LinkDiagnosis } from './linkDiagnosis.js';
import { shownKey } from './shownKey.js';
import type { BudgetWaitedMessage, LimiterPaceMessage, LimiterQueueMessage } from './messages.js';

/** The published events of budgets, endpoints and groups. */
type OtherEvent =
  | { readonly type: 'budget.degraded'; readonly key: string; readonly error: unknown }
  | { readonly type: 'budget.restored'; readonly downMs: number }
  | { readonly type: 'budget.waited'; readonly wait: BudgetWaitedMessage }
  | { readonly type: 'endpoint.ejected'; readonly endpoint: string; readonly forMs: number }
  | {
      readonly type: 'restart.scheduled';
      readonly name: string;
      readonly restarts: number;
      readonly delayMs: number;
      readonly error: unknown;
    }
  | { readonly type: 'link.givenUp'; readonly name: string; readonly error: unknown };

/** The observed links of this process; all copies of this package share one object. */
export class Diagnostics implements Tap {
  /** Number of callers that observe every link. */
  everyone = 0;
  readonly #links = new WeakMap<object, LinkDiagnosis>();
  readonly #byConnector = new WeakMap<object, LinkDiagnosis>();
  readonly #limiterIds = new WeakMap<object, number>();
  readonly #paces = new WeakMap<object, number>();
  #lastLinkId = 0;
  #lastLimiterId = 0;

  /** The object of this process. */
  static get current(): Diagnostics {
    const host = globalThis as { [TAP]?: Diagnostics };
    return (host[TAP] ??= new Diagnostics());
  }

  link(link: object, settings: TappedSettings, name: string | undefined): LinkTap | undefined {
    const known = this.#links.get(link);
    const isWanted = this.everyone > 0 && !(UNOBSERVED in settings.connector);
    if (known === undefined && !isWanted) return undefined;
    if (known?.isAttached === true) return undefined;
    const diagnosis = known ?? this.open(link, settings);
    if (known === undefined) diagnosis.rename(name, undefined);
    diagnosis.isAttached = true;
    return diagnosis;
  }

  halted(link: object): void {
    this.#links.get(link)?.halted();
  }

  /** Returns the publisher of a link: the same object each time. */
  open(link: object, settings: TappedSettings): LinkDiagnosis {
    const known = this.#links.get(link);
    if (known !== undefined) return known;
    const made = new LinkDiagnosis(++this.#lastLinkId, settings);
    this.#links.set(link, made);
    this.#byConnector.set(settings.connector, made);
    return made;
  }

  get lane(): Tap['lane'] {
    return limiterQueue.hasSubscribers || limiterPace.hasSubscribers ? this.#lane : undefined;
  }

  readonly #lane = (change: LaneChange, lane: object, facts: LaneFacts): void => {
    const { limiter, key, queued, inFlight, outcome } = facts;
    const limiterId = this.#limiterId(limiter);
    const shown = shownKey(key);
    if (change !== 'unstable') {
      limiterQueue.publish({
        limiterId,
        key: shown,
        change,
        outcome: outcome as LimiterQueueMessage['outcome'],
        queued,
        inFlight,
      });
    }
    const { perSecond, threshold = Infinity } = facts.pace;
    const previousPerSecond = this.#paces.get(lane);
    if (perSecond === previousPerSecond) return;
    this.#paces.set(lane, perSecond);
    limiterPace.publish({
      limiterId,
      key: shown,
      perSecond,
      previousPerSecond,
      threshold: threshold === Infinity ? undefined : threshold,
      cause: paceCause(perSecond, previousPerSecond, outcome),
    });
  };

  #limiterId(limiter: object): number {
    const known = this.#limiterIds.get(limiter);
    if (known !== undefined) return known;
    this.#limiterIds.set(limiter, ++this.#lastLimiterId);
    return this.#lastLimiterId;
  }

  told(event: { readonly type: string }, source: object): void {
    const news = event as OtherEvent;
    switch (news.type) {
      case 'budget.degraded':
        return budgetDegraded.publish({ key: printable(news.key), error: errorFacts(news.error) });
      case 'budget.restored':
        return budgetRestored.publish({ downMs: news.downMs });
      case 'budget.waited': {
        if (!budgetWaited.hasSubscribers) return;
        const { key, permits, outcome, delayMs, waitMs } = news.wait;
        return budgetWaited.publish({ key: shownKey(key), permits, outcome, delayMs, waitMs });
      }
      case 'endpoint.ejected': {
        const { endpoint, forMs } = news;
        const about = this.#byConnector.get(source)?.about();
        return endpointEjected.publish({ ...about, endpoint, forMs });
      }
      case 'restart.scheduled': {
        const { restarts, delayMs } = news;
        const [name, error] = [printable(news.name), errorFacts(news.error)];
        return restartScheduled.publish({ name, restarts, delayMs, error });
      }
      case 'link.givenUp':
        return linkGivenUp.publish({ name: printable(news.name), error: errorFacts(news.error) });
    }
  }
}

/** The reason for a change of the pace. */
function paceCause(
  perSecond: number,
  previous: number | undefined,
  outcome: string | undefined,
): LimiterPaceMessage['cause'] {
  if (previous === undefined) return 'start';
  // The pace was read after a pause.
  if (outcome === undefined) return 'idle';
  if (outcome === 'opened' && perSecond < previous) return 'late';
  return outcome as LimiterPaceMessage['cause'];
}
