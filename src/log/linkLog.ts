// Why: docs/decisions/0088-lines-of-log.md
import type { Verdict } from '../core/connector.js';
import { isThenable } from '../core/isThenable.js';
import { printable } from '../core/printable.js';
import { Thrown } from '../core/thrown.js';
import type { ReconnectEmitted } from '../machine/vocabulary.js';
import type { GroupEmitted } from '../many/group/groupEvents.js';

/** Methods that `console`, pino and most other loggers have. */
export type LogLevel = 'info' | 'warn' | 'error';

/** The content of a line as plain data for machines. Durations are in milliseconds. */
export interface LogFields {
  /** The name of the link. */
  readonly link: string;
  /** The type of the event that the line is about. */
  readonly event: LoggedEvent['type'];
  /** The session's number; the first is 1. */
  readonly epoch?: number;
  /** Number of failures in a row. */
  readonly attempt?: number;
  /** Why a session ended, or an attempt was aborted. */
  readonly cause?: string;
  /** How the link ended. */
  readonly status?: string;
  /** The verdict on the error. */
  readonly verdict?: Verdict;
  /** The queue of the limiter that the attempt waits in, or the lock that it waits for. */
  readonly key?: string;
  /** Number of restarts within the last `periodMs`, including this one. */
  readonly restarts?: number;
  /** Time from the call of `connect` to its end. */
  readonly connectMs?: number;
  /** How long the attempt waited for a permit. */
  readonly queuedMs?: number;
  /** How long the session was online. */
  readonly upMs?: number;
  /** Time since the last good session went offline, or since the link was created. */
  readonly downMs?: number;
  /** Time until the next attempt or restart; absent if only a command ends the wait. */
  readonly delayMs?: number;
  /** The facts of the error, without parts that may be secret. */
  readonly error?: { readonly name: string; readonly message: string; readonly code?: string };
  /** Number of lines about this link that were left out since the last one. */
  readonly suppressed?: number;
}

/** Writes one log line. */
export type WriteLine = (level: LogLevel, message: string, fields: LogFields) => unknown;

/** The events of a link or a group. */
export type LoggedEvent = ReconnectEmitted | GroupEmitted;

interface Settings {
  readonly log: WriteLine;
  readonly everyMs: number;
  readonly now: () => number;
}

type Event<TType extends LoggedEvent['type']> = Extract<ReconnectEmitted, { type: TType }>;

/** The fields of a line besides the name and the event. */
type Facts = Omit<LogFields, 'link' | 'event' | 'suppressed'>;

const gravity: Record<LogLevel, number> = { info: 1, warn: 2, error: 3 };

/** Writes the lines about one link. */
export class LinkLog {
  readonly #name: string;
  readonly #settings: Settings;
  #suppressed = 0;
  #writtenAtMs = -Infinity;
  /** True if the latest line reported the link as up. */
  #isUp = false;
  /**
   * The time of the latest line that reported the link as up in this outage; an outage lasts until a session is stable.
   */
  #upAtMs: number | undefined = undefined;
  /** The highest severity of a line in this outage. */
  #gravest = 0;
  /** The current session, if no line was written about it. */
  #unwritten: Event<'connection.opened'> | undefined = undefined;
  /** True if the end of a session has just been written: the delay that follows needs no line. */
  #hasWrittenEnd = false;
  /** At most one line, that a link of a group has failed: left out if the link is given up in the same step. */
  readonly #held: (() => void)[] = [];

  constructor(name: string, settings: Settings) {
    this.#name = printable(name);
    this.#settings = settings;
  }

  tell(event: LoggedEvent): void {
    const writeFailure = this.#held.pop();
    if (event.type !== 'link.givenUp') writeFailure?.();
    switch (event.type) {
      case 'connection.queued': {
        const key = printable(event.key);
        return this.#limited(event, 'info', `waits for a permit of ${key || 'a limiter'}`, { key });
      }
      case 'connection.opened':
        return this.#opened(event);
      case 'connection.stable':
        if (this.#unwritten !== undefined) this.#up(this.#unwritten);
        return this.#endOutage();
      case 'connection.closing':
        return this.#closing(event);
      case 'connection.closed':
        return this.#closed(event);
      case 'retry.scheduled':
        return this.#retry(event);
      case 'link.suspended':
        this.#endOutage();
        return this.#write(event, 'info', 'is suspended', {});
      case 'link.ended': {
        const { status, error }: { status: string; error?: unknown } = event.output;
        const level = status === 'failed' ? 'error' : 'info';
        const facts = { status, ...maybe(error) };
        const text = `has ended: ${status}`;
        // A link of a group may be restarted and fail again: giving up is always written.
        if (level === 'error' && 'name' in event) {
          this.#held.push(() => this.#limited(event, level, text, facts));
          return queueMicrotask(() => this.#held.pop()?.());
        }
        return this.#write(event, level, text, facts);
      }
      case 'restart.scheduled': {
        const { restarts, delayMs } = event;
        const text = `is restarted in ${timeOf(delayMs)}`;
        return this.#limited(event, 'warn', text, { restarts, delayMs, ...errorOf(event.error) });
      }
      case 'link.givenUp': {
        const { restarts, error } = event;
        return this.#write(event, 'error', 'is given up', { restarts, ...errorOf(error) });
      }
      case 'group.ended': {
        const { status } = event.output;
        const level = status === 'failed' ? 'error' : 'info';
        return this.#write(event, level, `has ended: ${status}`, { status });
      }
      default:
    }
  }

  #opened(event: Event<'connection.opened'>): void {
    this.#hasWrittenEnd = false;
    const { everyMs, now } = this.#settings;
    if (this.#upAtMs === undefined || now() - this.#upAtMs >= everyMs) return this.#up(event);
    this.#unwritten = event;
    this.#suppressed += 1;
  }

  #up(event: Event<'connection.opened'>): void {
    this.#unwritten = undefined;
    this.#upAtMs = this.#settings.now();
    const { epoch, attempt, connectMs, queuedMs, downMs } = event;
    const facts = { epoch, attempt, connectMs, queuedMs, downMs };
    const queued = queuedMs > 0 ? `, waited for its permit ${timeOf(queuedMs)}` : '';
    const text = `is up after ${timeOf(downMs)}: connected in ${timeOf(connectMs)}${queued}`;
    this.#write(event, 'info', text, facts);
    this.#isUp = true;
  }

  #closing(event: Event<'connection.closing'>): void {
    const { epoch, cause, upMs } = event;
    const isUp = this.#isUp;
    this.#isUp = false;
    this.#unwritten = undefined;
    // The event that follows is written at once.
    if (cause === 'stop' || cause === 'suspend') return;
    const level = cause === 'lost' || event.error !== undefined ? 'warn' : 'info';
    const text = `is down: ${cause} after ${timeOf(upMs)}`;
    const facts = { epoch, cause, upMs, ...maybe(event.error) };
    if (!isUp) return this.#limited(event, level, text, facts);
    this.#write(event, level, text, facts);
    this.#hasWrittenEnd = true;
  }

  #closed(event: Event<'connection.closed'>): void {
    const { epoch, cause, upMs, releaseError } = event;
    if (releaseError === undefined) return;
    const facts = { epoch, cause, upMs, ...errorOf(releaseError) };
    this.#limited(event, 'warn', 'could not release its connection', facts);
  }

  #retry(event: Event<'retry.scheduled'>): void {
    const { attempt, delayMs, error, verdict } = event;
    const level = verdict === undefined ? 'info' : verdict === 'transient' ? 'warn' : 'error';
    const isKnown = this.#hasWrittenEnd && gravity[level] <= this.#gravest;
    this.#hasWrittenEnd = false;
    if (isKnown) return;
    const isTimed = Number.isFinite(delayMs);
    const next = isTimed ? `next attempt in ${timeOf(delayMs)}` : 'a command must end the wait';
    // With a verdict, `undefined` was thrown.
    const failure = verdict === undefined ? {} : { verdict, ...errorOf(error) };
    const facts = { attempt, ...(isTimed && { delayMs }), ...failure };
    this.#limited(event, level, `is down, ${attempt} failed in a row, ${next}`, facts);
  }

  #endOutage(): void {
    this.#gravest = 0;
    this.#upAtMs = undefined;
  }

  /** Writes a line if it is more severe than all others of this outage, or the first in `everyMs`; counts the rest. */
  #limited(event: LoggedEvent, level: LogLevel, text: string, facts: Facts): void {
    const { everyMs, now } = this.#settings;
    const isNews = gravity[level] > this.#gravest || now() - this.#writtenAtMs >= everyMs;
    if (isNews) this.#write(event, level, text, facts);
    else this.#suppressed += 1;
  }

  #write({ type }: LoggedEvent, level: LogLevel, text: string, facts: Facts): void {
    const suppressed = this.#suppressed;
    const left = suppressed > 0 && { suppressed };
    const reason =
      facts.error && `: ${facts.error.code ?? facts.error.name}: ${facts.error.message}`;
    const count = left ? ` (suppressed: ${suppressed})` : '';
    const message = `${this.#name} ${text}${reason ?? ''}${count}`;
    this.#suppressed = 0;
    this.#writtenAtMs = this.#settings.now();
    this.#gravest = Math.max(this.#gravest, gravity[level]);
    const fields = { link: this.#name, event: type, ...facts, ...left };
    try {
      const answer = this.#settings.log(level, message, fields);
      if (isThenable(answer)) answer.then(undefined, () => (this.#suppressed += 1));
    } catch {
      // The logger itself has failed, so there is nowhere to report it.
      this.#suppressed += 1;
    }
  }
}

function errorOf(error: unknown): Pick<LogFields, 'error'> {
  const { name, message, code } = new Thrown(error);
  return { error: { name, message, ...(code !== undefined && { code }) } };
}

/** Like `errorOf`, for an error that may be absent. */
function maybe(error: unknown): Pick<LogFields, 'error'> {
  return error === undefined ? {} : errorOf(error);
}

function timeOf(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}
