import { SchmoozerError } from '../../core/errors.js';
import { printable } from '../../core/printable.js';
import { showable } from '../showable.js';

/** The `code`s of the errors of an event stream. */
export type EventStreamErrorCode =
  | 'ERR_EVENT_STREAM_REFUSED'
  | 'ERR_EVENT_STREAM_OPEN'
  | 'ERR_EVENT_STREAM_ENDED'
  | 'ERR_EVENT_TOO_LONG';

/** The server answered with something other than an event stream. */
export class EventStreamRefusedError extends SchmoozerError<EventStreamErrorCode> {
  override readonly name = 'EventStreamRefusedError';

  constructor(
    /** Without its query and credentials. */
    readonly url: string,
    /** The HTTP status of the answer. */
    readonly statusCode: number,
    /** The media type of the response, if it had one. */
    readonly contentType: string | undefined,
    /** The server's Retry-After in milliseconds, if it sent one. */
    readonly retryAfterMs: number | undefined,
  ) {
    const type = contentType === undefined ? 'no media type' : contentType;
    super('ERR_EVENT_STREAM_REFUSED', printable(`${url} answered ${statusCode}, ${type}`));
  }
}

/** The request failed. Browsers do not say why; on other platforms `cause` does. */
export class EventStreamOpenError extends SchmoozerError<EventStreamErrorCode> {
  override readonly name = 'EventStreamOpenError';

  constructor(
    /** Without its query and credentials. */
    readonly url: string,
    cause: unknown,
  ) {
    const text = `the event stream of ${url} did not open${messageOf(cause)}`;
    super('ERR_EVENT_STREAM_OPEN', printable(text), { cause: showable(cause) });
  }
}

/** The event stream ended: the server ended it, or `cause` broke it. */
export class EventStreamEndedError extends SchmoozerError<EventStreamErrorCode> {
  override readonly name = 'EventStreamEndedError';

  constructor(cause?: unknown) {
    super(
      'ERR_EVENT_STREAM_ENDED',
      printable(
        cause === undefined
          ? 'the server ended the event stream'
          : `the event stream broke${messageOf(cause)}`,
      ),
      cause === undefined ? undefined : { cause: showable(cause) },
    );
  }
}

/** A line, or the data of an event, was longer than `maxEventLength`. */
export class EventTooLongError extends SchmoozerError<EventStreamErrorCode> {
  override readonly name = 'EventTooLongError';

  constructor(
    /** The value of `maxEventLength`, in UTF-16 code units. */ readonly maxEventLength: number,
  ) {
    super('ERR_EVENT_TOO_LONG', `an event was longer than \`maxEventLength\` (${maxEventLength})`);
  }
}

/** The platform's actual error is often in the cause: undici's own message is `fetch failed`. */
function messageOf(error: unknown): string {
  const { message, cause } = (error ?? {}) as { message?: unknown; cause?: { message?: unknown } };
  const texts = [message, cause?.message].filter((text) => typeof text === 'string' && text !== '');
  return texts.map((text) => `: ${text as string}`).join('');
}
