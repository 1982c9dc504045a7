import type { Peer } from '../core/connector.js';
import { printable } from '../core/printable.js';
import type { LinkTap, TappedSettings } from '../core/tap.js';
import type { ReconnectEmitted } from '../machine/vocabulary.js';
import { errorFacts, errorField } from './errorFacts.js';
import type {
  ConnectTraceMessage,
  DiagnosticsState,
  LinkMessage,
  SessionTraceMessage,
} from './messages.js';
import { peerOf, type Whereabouts, whereaboutsOf } from './peer.js';
import {
  connectionClosed,
  connectionClosing,
  connectionOpened,
  connectionQueued,
  connectionStable,
  connectTrace,
  linkEnded,
  linkState,
  retryScheduled,
  sessionTrace,
} from './publishers.js';

type Open<T> = { -readonly [K in keyof T]: T[K] };
type Event<TType extends ReconnectEmitted['type']> = Extract<ReconnectEmitted, { type: TType }>;

/** The session that is on. */
interface Session {
  readonly epoch: number;
  readonly openedAtMs: number;
  isStable: boolean;
  /** Undefined while it is online. */
  upMs: number | undefined;
  readonly trace: Open<SessionTraceMessage>;
}

/** Publishes what one link tells of. It never throws, and no listener of a channel can reach the link. */
export class LinkDiagnosis implements LinkTap {
  readonly linkId: number;
  /** Whether the link tells it everything: an actor of XState forgets its listeners when it ends. */
  isAttached = false;
  readonly #settings: TappedSettings;
  #name: string | undefined = undefined;
  #ownPeer: Peer | undefined = undefined;
  #peer: Peer | undefined = undefined;
  #where: Whereabouts = whereaboutsOf(undefined);
  #state: DiagnosticsState | undefined = undefined;
  #sinceMs = 0;
  #nowMs = 0;
  #queuedAtMs: number | undefined = undefined;
  #attempt: { readonly startedAtMs: number; readonly trace: Open<ConnectTraceMessage> } | undefined;
  #session: Session | undefined = undefined;

  constructor(linkId: number, settings: TappedSettings) {
    this.linkId = linkId;
    this.#settings = settings;
  }

  /** What is undefined stays as it is. */
  rename(name: string | undefined, peer: Peer | undefined): void {
    if (name !== undefined) this.#name = printable(name);
    if (peer !== undefined) this.#ownPeer = peer;
  }

  get isOn(): boolean {
    return (
      linkState.hasSubscribers ||
      connectionOpened.hasSubscribers ||
      connectionClosed.hasSubscribers ||
      connectTrace.start.hasSubscribers ||
      connectTrace.end.hasSubscribers ||
      connectTrace.asyncStart.hasSubscribers ||
      connectTrace.asyncEnd.hasSubscribers ||
      connectTrace.error.hasSubscribers ||
      sessionTrace.start.hasSubscribers ||
      sessionTrace.end.hasSubscribers ||
      sessionTrace.asyncStart.hasSubscribers ||
      sessionTrace.asyncEnd.hasSubscribers ||
      sessionTrace.error.hasSubscribers ||
      connectionQueued.hasSubscribers ||
      connectionStable.hasSubscribers ||
      connectionClosing.hasSubscribers ||
      retryScheduled.hasSubscribers ||
      linkEnded.hasSubscribers
    );
  }

  readonly told = (event: { readonly type: string }): void => {
    if (this.isOn) this.#publish(event as ReconnectEmitted);
  };

  /** Every beginning has an end here, too. */
  halted(): void {
    this.isAttached = false;
    if (this.#state === undefined || this.#state === 'ended') return;
    const attempt = this.#attempt;
    if (attempt !== undefined) {
      this.#endAttempt({
        outcome: 'aborted',
        cause: 'halted',
        connectMs: this.#now() - attempt.startedAtMs,
      });
    }
    const session = this.#session;
    if (session !== undefined) {
      const { epoch, openedAtMs, isStable, upMs = this.#now() - openedAtMs } = session;
      const end = { epoch, cause: 'halted', upMs } as const;
      if (session.upMs === undefined) connectionClosing.publish({ ...this.about(), ...end });
      this.#endSession({ ...end, isStable });
    }
    this.#end('halted', {});
  }

  /** What every message about this link has. */
  about(): LinkMessage {
    const peer = this.#ownPeer ?? peerOf(this.#settings.connector);
    if (peer !== this.#peer) {
      this.#peer = peer;
      this.#where = whereaboutsOf(peer);
    }
    const { server, network } = this.#where;
    return { linkId: this.linkId, name: this.#name, server, network };
  }

  #publish(event: ReconnectEmitted): void {
    switch (event.type) {
      case 'attempt.started':
        return this.#attemptStarted(event);
      case 'attempt.failed':
        return this.#attemptFailed(event);
      case 'attempt.aborted':
        return this.#attemptAborted(event);
      case 'connection.queued':
        return this.#queued(event);
      case 'connection.opened':
        return this.#opened(event);
      case 'connection.stable':
        return this.#stable(event);
      case 'connection.closing':
        return this.#closing(event);
      case 'connection.closed':
        return this.#closed(event);
      case 'retry.scheduled':
        return this.#retry(event);
      case 'link.suspended':
        return this.#enter('suspended');
      case 'link.resumed':
        return;
      case 'link.ended': {
        const { output } = event;
        return this.#end(output.status, 'error' in output ? errorField(output.error) : {});
      }
    }
  }

  #attemptStarted({ attempt, epoch }: Event<'attempt.started'>): void {
    const startedAtMs = this.#now();
    this.#enter('connecting');
    const queuedMs = startedAtMs - (this.#queuedAtMs ?? startedAtMs);
    this.#queuedAtMs = undefined;
    this.#attempt = { startedAtMs, trace: { ...this.about(), attempt, epoch, queuedMs } };
    const { trace } = this.#attempt;
    connectTrace.start.publish(trace);
    connectTrace.end.publish(trace);
  }

  #attemptFailed({ error, verdict, connectMs }: Event<'attempt.failed'>): void {
    const facts = errorFacts(error);
    const outcome = facts.code === 'ERR_CONNECT_TIMEOUT' ? 'timeout' : 'failed';
    this.#endAttempt({ outcome, connectMs, error: facts, verdict });
    this.#enter('waiting');
  }

  #attemptAborted({ cause }: Event<'attempt.aborted'>): void {
    const nowMs = this.#now();
    const { startedAtMs = nowMs } = this.#attempt ?? {};
    this.#endAttempt({ outcome: 'aborted', connectMs: nowMs - startedAtMs, cause });
    // Asked for another connection it goes on to connect.
    if (cause !== 'reconnect') this.#enter(cause === 'stop' ? 'stopping' : 'closing');
  }

  #endAttempt(end: Partial<ConnectTraceMessage>): void {
    const trace = this.#attempt?.trace;
    this.#attempt = undefined;
    if (trace === undefined) return;
    // By now the connector knows where it went.
    Object.assign(trace, this.about(), end);
    if (trace.error !== undefined) connectTrace.error.publish(trace);
    connectTrace.asyncStart.publish(trace);
    connectTrace.asyncEnd.publish(trace);
  }

  #queued({ key }: Event<'connection.queued'>): void {
    this.#queuedAtMs = this.#now();
    this.#enter('queued');
    connectionQueued.publish({ ...this.about(), key });
  }

  #opened({ attempt, epoch, connectMs, queuedMs, downMs }: Event<'connection.opened'>): void {
    this.#endAttempt({ outcome: 'opened', connectMs });
    this.#enter('online');
    const about = this.about();
    const trace = { ...about, attempt, epoch };
    this.#session = { epoch, openedAtMs: this.#now(), isStable: false, upMs: undefined, trace };
    connectionOpened.publish({ ...about, attempt, epoch, connectMs, queuedMs, downMs });
    sessionTrace.start.publish(trace);
    sessionTrace.end.publish(trace);
  }

  #stable({ epoch }: Event<'connection.stable'>): void {
    if (this.#session !== undefined) this.#session.isStable = true;
    connectionStable.publish({ ...this.about(), epoch });
  }

  #closing({ epoch, cause, upMs, error }: Event<'connection.closing'>): void {
    if (this.#session !== undefined) this.#session.upMs = upMs;
    this.#enter(cause === 'stop' ? 'stopping' : 'closing');
    connectionClosing.publish({ ...this.about(), epoch, cause, upMs, ...errorField(error) });
  }

  #closed({ epoch, cause, upMs, isStable, error, releaseError }: Event<'connection.closed'>): void {
    this.#endSession({
      epoch,
      cause,
      upMs,
      isStable,
      ...errorField(error),
      ...(releaseError !== undefined && { releaseError: errorFacts(releaseError) }),
    });
    // What follows after other causes is told at once.
    if (cause === 'continue' || cause === 'retryable' || cause === 'lost') this.#enter('waiting');
  }

  #endSession(end: Omit<Parameters<typeof connectionClosed.publish>[0], keyof LinkMessage>): void {
    // Somebody may have begun to listen after it was opened.
    const trace = this.#session?.epoch === end.epoch ? this.#session.trace : undefined;
    this.#session = undefined;
    const about = this.about();
    connectionClosed.publish({ ...about, ...end });
    if (trace === undefined) return;
    Object.assign(trace, end);
    if (trace.error !== undefined) sessionTrace.error.publish(trace);
    sessionTrace.asyncStart.publish(trace);
    sessionTrace.asyncEnd.publish(trace);
  }

  #retry({ attempt, delayMs, error, verdict }: Event<'retry.scheduled'>): void {
    this.#enter('waiting');
    retryScheduled.publish({
      ...this.about(),
      attempt,
      delayMs,
      ...(verdict && { ...errorField(error), verdict }),
    });
  }

  #end(
    status: Parameters<typeof linkEnded.publish>[0]['status'],
    error: ReturnType<typeof errorField>,
  ): void {
    this.#enter('ended');
    linkEnded.publish({ ...this.about(), status, ...error });
  }

  #enter(to: DiagnosticsState): void {
    const from = this.#state;
    if (from === to) return;
    const nowMs = this.#now();
    const ms = from === undefined ? 0 : nowMs - this.#sinceMs;
    this.#state = to;
    this.#sinceMs = nowMs;
    if (linkState.hasSubscribers) linkState.publish({ ...this.about(), from, to, ms });
  }

  /** That clock is the user's: one that throws stands still. */
  #now(): number {
    try {
      this.#nowMs = this.#settings.now();
    } catch {
      // What is told of the link goes on.
    }
    return this.#nowMs;
  }
}
