import type { CloseCause, ClosingCause, ReconnectEmitted } from 'schmoozer';

/** How `run` has answered, or `gives in`: it rejected because it was told to end. */
export type Answer = 'Continue' | 'Break' | 'throw' | 'fatal' | 'permanent' | 'gives in';
/** What broke a connection: nothing in an end in order. */
export type Loss = 'nothing' | 'an error' | 'a fatal error';

/** How a session ended by itself, or answered to being told to end. */
interface SessionEnd {
  loss?: Loss;
  answer?: Answer;
}

/** In which order a session was ended and told to end; all of it counts until its `connection.closed`. */
interface SessionFacts {
  /** What ended it. */
  first?: ClosingCause;
  /** The latest command that the machine must have taken; a stop stays. */
  command?: 'reconnect' | 'suspend' | 'stop';
}

/**
 * One life as a listener hears it, beside what the world has done: every beginning has its end, in the one order
 * there is, and each end has the cause that it had in the world. It asks the machine nothing.
 */
export class Story {
  readonly broken: string[] = [];
  attempt: 'none' | 'started' = 'none';
  session: 'none' | 'open' | 'closing' = 'none';
  isStable = false;
  isSuspended = false;
  isEnded = false;
  /** Failed attempts in a row; unknown where what came first is left open. */
  failures: number | undefined = 0;
  hasBeenStable = false;
  /** Sessions that were opened. */
  opened = 0;
  /** Undefined where what came first is left open. */
  facts: SessionFacts | undefined;
  /** Known even where the order is not. */
  end: SessionEnd = {};
  /** The loop must end with the very next event: what was told says so. */
  #mustEnd = false;

  /** Two things happen of which the world does not know which comes first: until it does again. */
  blur(): void {
    this.facts = undefined;
    this.failures = undefined;
  }

  get isOnline(): boolean {
    return this.session === 'open';
  }

  fail(): void {
    if (this.failures !== undefined) this.failures += 1;
  }

  hear(event: ReconnectEmitted): void {
    const must = (isTrue: boolean, claim: string) => {
      if (!isTrue) this.broken.push(`${event.type}: ${claim}`);
    };
    must(!this.isEnded, 'nothing follows link.ended');
    must(!this.#mustEnd || event.type === 'link.ended', 'an end that was told is the end');
    must(!this.isSuspended || event.type.startsWith('link'), 'nothing happens while suspended');
    const isIdle = this.attempt === 'none' && this.session === 'none';
    if ('upMs' in event) must(event.upMs >= 0, 'upMs is a duration');
    if ('connectMs' in event) must(event.connectMs >= 0, 'connectMs is a duration');
    switch (event.type) {
      case 'attempt.started':
        must(isIdle, 'one thing at a time');
        this.attempt = 'started';
        this.failures ??= event.attempt;
        break;
      case 'attempt.failed':
      case 'attempt.aborted':
      case 'connection.opened':
        must(this.attempt === 'started', 'it had begun');
        this.attempt = 'none';
        break;
      case 'connection.stable':
        must(this.session === 'open' && !this.isStable, 'once in a session that is open');
        this.isStable = this.hasBeenStable = true;
        this.failures = 0;
        break;
      case 'connection.closing':
        must(this.session === 'open', 'once in a session');
        this.session = 'closing';
        must(!this.facts || event.cause === this.facts.first, `because of ${this.facts?.first}`);
        break;
      case 'connection.closed':
        must(this.session === 'closing', 'after connection.closing, once');
        must(event.isStable === this.isStable, 'whether it was stable');
        if (this.facts !== undefined) this.#checkClosed(this.facts, event, must);
        this.end = {};
        this.session = 'none';
        this.facts = undefined;
        this.#mustEnd = event.cause === 'fatal' || event.cause === 'break';
        break;
      case 'connection.queued':
        must(isIdle, 'one thing at a time');
        break;
      case 'retry.scheduled':
        must(isIdle, 'one thing at a time');
        break;
      case 'link.suspended':
        must(isIdle && !this.isSuspended, 'when all that was under way has ended');
        this.isSuspended = true;
        break;
      case 'link.resumed':
        must(this.isSuspended, 'after link.suspended');
        this.isSuspended = false;
        break;
      case 'link.ended':
        must(isIdle, 'when all that was under way has ended');
        this.isEnded = true;
        break;
    }
    if ('epoch' in event) {
      const isAttempt = /^attempt|opened/.test(event.type);
      must(event.epoch === this.opened + (isAttempt ? 1 : 0), 'the number of the session');
    }
    if ('attempt' in event && event.type !== 'retry.scheduled' && this.failures !== undefined) {
      must(event.attempt === this.failures, `${this.failures} failures, not ${event.attempt}`);
    }
    if (event.type === 'attempt.failed') {
      const { verdict } = event;
      this.#mustEnd = verdict === 'fatal' || (verdict === 'permanent' && !this.hasBeenStable);
      if (!this.#mustEnd) this.fail();
    }
    if (event.type === 'connection.opened') {
      this.opened += 1;
      this.session = 'open';
      this.isStable = false;
      this.facts = {};
    }
  }

  #checkClosed(
    facts: SessionFacts,
    { cause, error }: { readonly cause: CloseCause; readonly error?: unknown },
    must: (isTrue: boolean, claim: string) => void,
  ): void {
    const expected = causeOf(facts, this.end, this.hasBeenStable);
    must(cause === expected, `because of ${expected}, not ${cause}`);
    const { first, command } = facts;
    const { answer } = this.end;
    const isOrderly = first === command && answer === 'gives in';
    must(!isOrderly || error === undefined, 'an end as asked has no error');
    // What ended by itself is a failure, whatever is asked afterwards, unless nothing follows it.
    const isOver = command === 'stop' || command === 'suspend' || /break|fatal/.test(expected);
    if ((first === 'lost' || first === 'settled') && !isOver) this.fail();
  }
}

/** Why a session has ended, as the world knows it. */
function causeOf(
  { first, command }: SessionFacts,
  { loss, answer }: SessionEnd,
  hasBeenStable: boolean,
): string {
  const isLost = first === 'lost';
  if (command === 'stop') return isLost ? 'lost' : 'stop';
  if (answer === 'Break') return 'break';
  if (answer === 'fatal') return 'fatal';
  // Where suspend was requested, only what `run` marks as fatal ends the loop.
  if (command !== 'suspend') {
    if (isLost && loss === 'a fatal error') return 'fatal';
    const counts = !isLost || loss === 'nothing';
    if (counts && answer === 'permanent' && !hasBeenStable) return 'fatal';
  }
  if (isLost) return 'lost';
  if (first !== 'settled') return command ?? 'nothing';
  return answer === 'Continue' ? 'continue' : 'retryable';
}
