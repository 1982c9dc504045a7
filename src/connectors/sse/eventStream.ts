// Why: docs/decisions/0087-event-streams-by-fetch.md
import { Break, type Connector, type ErrorFacts } from '../../core/connector.js';
import { RetryableError } from '../../core/errors.js';
import { throwIfAborted, whenAborted } from '../../core/whenAborted.js';
import { retryAfterMs } from '../retryAfterMs.js';
import { untilAborted } from '../../core/untilAborted.js';
import { EventStreamOpenError, EventStreamRefusedError } from './errors.js';
import { type EventStreamOptions, resolveSettings } from './options.js';
import { headerOfId, peerOf, requestOf } from './request.js';
import { type Cursor, EventStream } from './stream.js';

/** The result of `connect`: a stream, or an empty object when the server has answered that it will never have one. */
type Connection = { readonly stream?: EventStream };

/**
 * A connector for a stream of server-sent events (HTML Standard, 9.2), by `fetch`. Each session continues after the
 * last handled event. Status 204 means "do not reconnect" in the standard: then the link ends with the status
 * `completed`. Give each link its own connector.
 *
 * @throws InvalidOptionError when an option is missing, unknown or out of bounds
 */
export function eventStream(options: EventStreamOptions): Connector<object> {
  const settings = resolveSettings(options);
  const { retryDelay, isRetryable } = settings;
  let peer = peerOf(settings.url);
  const { address, port } = peer;
  const cursor: Cursor = { lastEventId: settings.lastEventId, retryMs: undefined };
  /** Marks a transient error with the delay that the server asked for. */
  const delayed = (error: unknown, facts: ErrorFacts) => {
    const asked = (error as { retryAfterMs?: number } | undefined)?.retryAfterMs ?? cursor.retryMs;
    if (asked === undefined || !isTransient(() => isRetryable(error, facts))) return error;
    return new RetryableError(error, asked, undefined, true);
  };
  const connector: Connector<Connection> = {
    async connect(attempt) {
      const { epoch } = attempt;
      const controller = new AbortController();
      const abort = () => controller.abort();
      const forget = whenAborted(attempt, abort);
      try {
        const header = headerOfId(cursor.lastEventId);
        const { url, shown, init } = await requestOf(settings, attempt, header);
        peer = peerOf(url);
        throwIfAborted(attempt);
        const { fetch = globalThis.fetch } = settings;
        const asking = fetch(url, { ...init, signal: controller.signal });
        const response = await untilAborted(asking, attempt).catch((error: unknown) => {
          throwIfAborted(attempt);
          throw new EventStreamOpenError(shown, error);
        });
        const { status, body } = response;
        if (status === 204) return {};
        if (status === 200 && isEventStream(response) && body !== null) {
          const after = header === undefined ? '' : cursor.lastEventId;
          return { stream: new EventStream(body, settings, cursor, after, abort) };
        }
        abort();
        throw refusal(shown, response);
      } catch (error) {
        const facts = { phase: 'connect', attempt: attempt.attempt, epoch: epoch - 1 } as const;
        throw delayed(error, { ...facts, hasBeenStable: epoch > 1 });
      } finally {
        forget();
      }
    },
    async run({ stream }, context) {
      if (stream === undefined) return Break();
      const { epoch } = context;
      const { after, inbox } = stream;
      return inbox.serve(context, { epoch, gap: epoch > 1 && after === '', after });
    },
    async closed({ stream }) {
      if (stream === undefined) return new Promise<never>(() => {});
      const { error, ...end } = await stream.ended;
      const facts = { phase: 'run', attempt: 0, epoch: 1, hasBeenStable: true } as const;
      return { ...end, ...(error !== undefined && { error: delayed(error, facts) }) };
    },
    isRetryable,
    disconnect: ({ stream }) => stream?.close(),
    peer: () => peer,
    ...(retryDelay && { retryDelay }),
    ...(address && { limiterKey: `${address}:${port}` }),
  };
  return connector;
}

/** The result of `isRetryable`. If it throws, the machine calls it again and reports the error. */
function isTransient(ask: () => unknown): boolean {
  try {
    const verdict = ask();
    return verdict === true || verdict === 'transient';
  } catch {
    return false;
  }
}

/** Compares the media type, ignoring case and parameters. */
function isEventStream({ headers }: Response): boolean {
  return /^\s*text\/event-stream\s*(;|$)/i.test(headers.get('content-type') ?? '');
}

function refusal(shown: string, { status, headers }: Response): EventStreamRefusedError {
  const get = (name: string) => headers.get(name) ?? undefined;
  const retryAfter = retryAfterMs({
    'retry-after': get('retry-after'),
    date: get('date'),
  });
  return new EventStreamRefusedError(shown, status, get('content-type'), retryAfter);
}
