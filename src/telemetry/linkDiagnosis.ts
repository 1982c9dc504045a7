import type { Peer } from '../core/connector.js';
import { printable } from '../core/printable.js';
import type { LinkTap, TappedSettings } from '../core/tap.js';
import type { ReconnectEmitted } from '../machine/vocabulary.js';
import { errorFacts, maybeFacts } from './errorFacts.js';
import { shownKey } from './shownKey.js';
import type {
  ConnectionClosedMessage,
  ConnectionClosingMessage,
  ConnectTraceMessage,
  DiagnosticsFailure,
  DiagnosticsState,
  LinkEndedMessage,
  LinkMessage,
  SessionTraceMessage,
} from './messages.js';
import { NOWHERE, peerOf, type Whereabouts, whereaboutsOf } from './peer.js';
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

const {
  start: connectStart,
  end: connectEnd,
  asyncStart: connectAsyncStart,
  asyncEnd: connectAsyncEnd,
  error: connectError,
} = connectTrace;
const {
  start: sessionStart,
  end: sessionEnd,
  asyncStart: sessionAsyncStart,
  asyncEnd: sessionAsyncEnd,
  error: sessionError,
} = sessionTrace;

type Open<T> = { -readonly [K in keyof T]: T[K] };
type Event<TType extends ReconnectEmitted['type']> = Extract<ReconnectEmitted, { type: TType }>;

/** The current session. */
interface Session {
  readonly epoch: number;
  readonly openedAtMs: number;
  isStable: boolean;
  /** Undefined while the session is online. */
  upMs: number | undefined;
  readonly trace: Open<SessionTraceMessage>;
}

/** Publishes the events of one link. It never throws, and listeners of a channel cannot affect the link. */
export class LinkDiagnosis implements LinkTap {
  readonly linkId: number;
  /** True while it receives the link's events: an XState actor removes its listeners when it ends. */
  isAttached = false;
  readonly #settings: TappedSettings;
  #name: string | undefined = undefined;
  #ownPeer: Peer | undefined = undefined;
  #peer: Peer | undefined = undefined;
  #where: Whereabouts = NOWHERE;
  #state: DiagnosticsState | undefined = undefined;
  #sinceMs = 0;
  #nowMs = 0;
  /** The latest error, until a session is stable; the link keeps it for the same time. */
  #error: unknown = undefined;
  #facts: DiagnosticsFailure | undefined = undefined;
  #queuedAtMs: number | undefined = undefined;
  #attempt: { readonly startedAtMs: number; readonly trace: Open<ConnectTraceMessage> } | undefined;
  #session: Session | undefined = undefined;

  constructor(linkId: number, settings: TappedSettings) {
    this.linkId = linkId;
    this.#settings = settings;
  }

  /** Changes the name and the peer; undefined leaves a value as it is. */
  rename(name: string | undefined, peer: Peer | undefined): void {
    if (name !== undefined) this.#name = printable(name);
    if (peer !== undefined) this.#ownPeer = peer;
  }

  get isOn(): boolean {
    // Written out, because a loop takes four times as long for each event.
    return (
      linkState.hasSubscribers ||
      connectionOpened.hasSubscribers ||
      connectionClosed.hasSubscribers ||
      connectStart.hasSubscribers ||
      connectEnd.hasSubscribers ||
      connectAsyncStart.hasSubscribers ||
      connectAsyncEnd.hasSubscribers ||
      connectError.hasSubscribers ||
      sessionStart.hasSubscribers ||
      sessionEnd.hasSubscribers ||
      sessionAsyncStart.hasSubscribers ||
      sessionAsyncEnd.hasSubscribers ||
      sessionError.hasSubscribers ||
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

  /** Publishes the end of everything that has begun. */
  halted(): void {
    this.isAttached = false;
    if (this.#state === undefined || this.#state === 'ended') return;
    const attempt = this.#attempt;
    if (attempt !== undefined) {
      this.#endAttempt('aborted', this.#now() - attempt.startedAtMs, 'halted');
    }
    const session = this.#session;
    if (session !== undefined) {
      const { epoch, openedAtMs, isStable, upMs = this.#now() - openedAtMs } = session;
      if (session.upMs === undefined) this.#publishClosing(epoch, 'halted', upMs, undefined);
      this.#endSession(epoch, 'halted', upMs, isStable, undefined, undefined);
    }
    this.#end('halted', undefined);
  }

  /** The fields of every message about this link. */
  about(): LinkMessage {
    const { server, network } = this.#whereabouts;
    return { linkId: this.linkId, name: this.#name, server, network };
  }

  get #whereabouts(): Whereabouts {
    const peer = this.#ownPeer ?? peerOf(this.#settings.connector);
    if (peer !== this.#peer) {
      this.#peer = peer;
      this.#where = whereaboutsOf(peer);
    }
    return this.#where;
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
        return this.#end(output.status, 'error' in output ? maybeFacts(output.error) : undefined);
      }
    }
  }

  // Messages are written out field by field: with a spread, V8 takes microseconds for each.

  #attemptStarted({ attempt, epoch }: Event<'attempt.started'>): void {
    const startedAtMs = this.#now();
    this.#enter('connecting');
    const queuedMs = startedAtMs - (this.#queuedAtMs ?? startedAtMs);
    this.#queuedAtMs = undefined;
    const { server, network } = this.#whereabouts;
    const trace: Open<ConnectTraceMessage> = {
      linkId: this.linkId,
      name: this.#name,
      server,
      network,
      attempt,
      epoch,
      queuedMs,
      outcome: undefined,
      connectMs: undefined,
      error: undefined,
      verdict: undefined,
      cause: undefined,
    };
    this.#attempt = { startedAtMs, trace };
    connectStart.publish(trace);
    connectEnd.publish(trace);
  }

  #attemptFailed({ error, verdict, connectMs }: Event<'attempt.failed'>): void {
    const facts = this.#failure(error);
    const outcome = facts.code === 'ERR_CONNECT_TIMEOUT' ? 'timeout' : 'failed';
    this.#endAttempt(outcome, connectMs, undefined, facts, verdict);
    this.#enter('waiting');
  }

  #attemptAborted({ cause }: Event<'attempt.aborted'>): void {
    const nowMs = this.#now();
    const { startedAtMs = nowMs } = this.#attempt ?? {};
    this.#endAttempt('aborted', nowMs - startedAtMs, cause);
    // A session that ends for `reconnect` is followed by an attempt.
    if (cause !== 'reconnect') this.#enter(cause === 'stop' ? 'stopping' : 'closing');
  }

  #endAttempt(
    outcome: ConnectTraceMessage['outcome'],
    connectMs: number,
    cause?: ConnectTraceMessage['cause'],
    error?: DiagnosticsFailure,
    verdict?: ConnectTraceMessage['verdict'],
  ): void {
    const trace = this.#attempt?.trace;
    this.#attempt = undefined;
    // A subscriber may have been added after the start.
    if (trace === undefined) return;
    // By now the connector knows its peer.
    const { server, network } = this.#whereabouts;
    trace.server = server;
    trace.network = network;
    trace.name = this.#name;
    trace.outcome = outcome;
    trace.connectMs = connectMs;
    trace.error = error;
    trace.verdict = verdict;
    trace.cause = cause;
    if (error !== undefined) connectError.publish(trace);
    connectAsyncStart.publish(trace);
    connectAsyncEnd.publish(trace);
  }

  #queued({ key }: Event<'connection.queued'>): void {
    this.#queuedAtMs = this.#now();
    this.#enter('queued');
    if (!connectionQueued.hasSubscribers) return;
    const { server, network } = this.#whereabouts;
    connectionQueued.publish({
      linkId: this.linkId,
      name: this.#name,
      server,
      network,
      key: shownKey(key),
    });
  }

  #opened({ attempt, epoch, connectMs, queuedMs, downMs }: Event<'connection.opened'>): void {
    this.#endAttempt('opened', connectMs);
    this.#enter('online');
    const { linkId } = this;
    const name = this.#name;
    const { server, network } = this.#whereabouts;
    const trace: Open<SessionTraceMessage> = {
      linkId,
      name,
      server,
      network,
      attempt,
      epoch,
      cause: undefined,
      upMs: undefined,
      isStable: undefined,
      error: undefined,
      releaseError: undefined,
    };
    this.#session = { epoch, openedAtMs: this.#now(), isStable: false, upMs: undefined, trace };
    if (connectionOpened.hasSubscribers) {
      connectionOpened.publish({
        linkId,
        name,
        server,
        network,
        attempt,
        epoch,
        connectMs,
        queuedMs,
        downMs,
      });
    }
    sessionStart.publish(trace);
    sessionEnd.publish(trace);
  }

  #stable({ epoch }: Event<'connection.stable'>): void {
    this.#forgetFailure();
    if (this.#session !== undefined) this.#session.isStable = true;
    if (!connectionStable.hasSubscribers) return;
    const { server, network } = this.#whereabouts;
    connectionStable.publish({ linkId: this.linkId, name: this.#name, server, network, epoch });
  }

  #closing({ epoch, cause, upMs, error }: Event<'connection.closing'>): void {
    if (this.#session !== undefined) this.#session.upMs = upMs;
    this.#enter(cause === 'stop' ? 'stopping' : 'closing');
    this.#publishClosing(epoch, cause, upMs, error);
  }

  #publishClosing(
    epoch: number,
    cause: ConnectionClosingMessage['cause'],
    upMs: number,
    error: unknown,
  ): void {
    if (!connectionClosing.hasSubscribers) return;
    const { server, network } = this.#whereabouts;
    connectionClosing.publish({
      linkId: this.linkId,
      name: this.#name,
      server,
      network,
      epoch,
      cause,
      upMs,
      error: this.#maybeFailure(error),
    });
  }

  #closed({ epoch, cause, upMs, isStable, error, releaseError }: Event<'connection.closed'>): void {
    const failure = this.#maybeFailure(error);
    this.#endSession(epoch, cause, upMs, isStable, failure, maybeFacts(releaseError));
    // After other causes the next message follows at once.
    if (cause === 'continue' || cause === 'retryable' || cause === 'lost') this.#enter('waiting');
  }

  #endSession(
    epoch: number,
    cause: ConnectionClosedMessage['cause'],
    upMs: number,
    isStable: boolean,
    error: DiagnosticsFailure | undefined,
    releaseError: DiagnosticsFailure | undefined,
  ): void {
    // A subscriber may have been added after the opening.
    const trace = this.#session?.epoch === epoch ? this.#session.trace : undefined;
    this.#session = undefined;
    if (connectionClosed.hasSubscribers) {
      const { server, network } = this.#whereabouts;
      connectionClosed.publish({
        linkId: this.linkId,
        name: this.#name,
        server,
        network,
        epoch,
        cause,
        upMs,
        isStable,
        error,
        releaseError,
      });
    }
    if (trace === undefined) return;
    trace.cause = cause;
    trace.upMs = upMs;
    trace.isStable = isStable;
    trace.error = error;
    trace.releaseError = releaseError;
    if (error !== undefined) sessionError.publish(trace);
    sessionAsyncStart.publish(trace);
    sessionAsyncEnd.publish(trace);
  }

  #retry({ attempt, delayMs, error, verdict }: Event<'retry.scheduled'>): void {
    this.#enter('waiting');
    if (!retryScheduled.hasSubscribers) return;
    const { server, network } = this.#whereabouts;
    retryScheduled.publish({
      linkId: this.linkId,
      name: this.#name,
      server,
      network,
      attempt,
      delayMs,
      // With a verdict, `undefined` was thrown.
      error: verdict === undefined ? undefined : this.#failure(error),
      verdict,
    });
  }

  /** The facts of an error, stored because several successive events contain the same error. */
  #failure(error: unknown): DiagnosticsFailure {
    if (this.#facts === undefined || this.#error !== error) {
      this.#error = error;
      this.#facts = errorFacts(error);
    }
    return this.#facts;
  }

  #maybeFailure(error: unknown): DiagnosticsFailure | undefined {
    return error === undefined ? undefined : this.#failure(error);
  }

  #forgetFailure(): void {
    this.#error = undefined;
    this.#facts = undefined;
  }

  #end(status: LinkEndedMessage['status'], error: DiagnosticsFailure | undefined): void {
    this.#forgetFailure();
    this.#enter('ended');
    if (linkEnded.hasSubscribers) linkEnded.publish({ ...this.about(), status, error });
  }

  #enter(to: DiagnosticsState): void {
    const from = this.#state;
    if (from === to) return;
    const nowMs = this.#now();
    const ms = from === undefined ? 0 : nowMs - this.#sinceMs;
    this.#state = to;
    this.#sinceMs = nowMs;
    if (!linkState.hasSubscribers) return;
    const { server, network } = this.#whereabouts;
    linkState.publish({ linkId: this.linkId, name: this.#name, server, network, from, to, ms });
  }

  /** The current time. The clock is the user's: if it throws, it stands still. */
  #now(): number {
    try {
      this.#nowMs = this.#settings.now();
    } catch {
      // The messages about the link continue.
    }
    return this.#nowMs;
  }
}
