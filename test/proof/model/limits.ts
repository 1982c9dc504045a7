import { type ConnectLimiter, type Permit, retryable } from 'schmoozer';
import type { Choice } from './life.js';
import type { Story } from './story.js';

/** A request for a permit that had to wait. */
interface Request {
  readonly granted: (permit: Permit) => void;
  isCancelled: boolean;
  isGranted: boolean;
}

/** A permit, and what became of it. */
interface Granted {
  readonly outcomes: string[];
  unstables: number;
}

/** The limiter of a life: what it can do, and what must be true of its permits. */
export class Limits {
  readonly #requests: Request[] = [];
  /** What became of each permit. */
  readonly #permits: Granted[] = [];
  /** What it does when it is asked: lets wait, or what a choice has set. */
  #mode: 'queues' | 'admits' | 'refuses' = 'queues';
  readonly #story: Story;
  readonly #asked: () => void;

  /** @param asked is called when a permit is asked for */
  constructor(story: Story, asked: () => void) {
    this.#story = story;
    this.#asked = asked;
  }

  /** Permits that are not settled. */
  get held(): number {
    return this.#permits.filter(({ outcomes }) => outcomes.length === 0).length;
  }

  /** Requests that wait. */
  get queued(): number {
    return this.#requests.filter(isWaiting).length;
  }

  /** Nothing is set up for the next request. */
  get isCalm(): boolean {
    return this.#mode === 'queues';
  }

  get limiter(): ConnectLimiter {
    return {
      tryAcquire: () => {
        this.#asked();
        const mode = this.#mode;
        this.#mode = 'queues';
        if (mode === 'queues') return undefined;
        if (mode === 'admits') return this.#permit();
        // An attempt that the limiter turns away has failed.
        this.#story.fail();
        throw retryable(new Error('the queue is full'));
      },
      enqueue: (_request, granted) => {
        const request = { granted, isCancelled: false, isGranted: false };
        this.#requests.push(request);
        return () => {
          request.isCancelled = true;
        };
      },
    };
  }

  /** What the limiter can do, now or when it is asked next. */
  choices(): Choice[] {
    const modes = (['admits', 'refuses'] as const).map((mode) => ({
      name: `the limiter ${mode} next`,
      happen: () => {
        this.#mode = mode;
      },
    }));
    const last = this.#requests.at(-1);
    const waiting = this.#requests.find(isWaiting);
    const takenBack = this.#requests.find(isTakenBack);
    const grant = (name: string, request: Request) => ({
      name,
      happen: () => this.#grant(request),
    });
    return [
      ...(this.isCalm ? modes : []),
      ...(waiting ? [grant('grant', waiting)] : []),
      ...(waiting
        ? [{ name: 'nonsense granted', happen: () => this.#grantNonsense(waiting) }]
        : []),
      ...(takenBack ? [grant('late grant', takenBack)] : []),
      ...(last?.isGranted ? [grant('second grant', last)] : []),
    ];
  }

  /** Grants what nobody waits for any more. */
  grantLate(): void {
    for (const request of this.#requests) if (isTakenBack(request)) this.#grant(request);
  }

  check(must: (isTrue: boolean, claim: string) => void): void {
    must(
      this.#permits.every(({ outcomes }) => outcomes.length <= 1),
      'a permit is settled at most once',
    );
    must(
      this.#permits.every((permit) => permit.unstables <= (isOpened(permit) ? 1 : 0)),
      'a permit hears at most once of an unstable session, and only of its own',
    );
    must(
      this.#permits.length === 0 || this.#permits.filter(isOpened).length === this.#story.opened,
      'a permit is told of each session that was opened',
    );
  }

  /** See `Life.signature`. */
  signature(isRunning: boolean): unknown[] {
    return [
      this.#mode,
      this.queued,
      Math.min(this.#requests.filter(isTakenBack).length, 2),
      this.#requests.at(-1)?.isGranted,
      this.held,
      isRunning && this.#permits.filter(isOpened).at(-1)?.unstables,
    ];
  }

  #grant(request: Request): void {
    request.isGranted = true;
    request.granted(this.#permit());
  }

  #grantNonsense(request: Request): void {
    // In a window it may have been granted or taken back by then.
    if (isWaiting(request)) this.#story.fail();
    request.isGranted = true;
    request.granted('nonsense' as never);
  }

  #permit(): Permit {
    const permit: Granted = { outcomes: [], unstables: 0 };
    this.#permits.push(permit);
    return {
      settle: (outcome) => void permit.outcomes.push(outcome),
      unstable: () => void permit.unstables++,
    };
  }
}

function isWaiting({ isGranted, isCancelled }: Request): boolean {
  return !isGranted && !isCancelled;
}

/** A request that was taken back, and that the limiter has not granted since. */
function isTakenBack({ isGranted, isCancelled }: Request): boolean {
  return isCancelled && !isGranted;
}

/** Its session is, or was, the link's. */
function isOpened({ outcomes }: Granted): boolean {
  return outcomes[0] === 'opened';
}
