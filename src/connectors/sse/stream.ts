import type { ConnectionEnd } from '../../core/connector.js';
import { Inbox } from '../messages/inbox.js';
import { SilenceError } from '../silenceError.js';
import { watchAge } from '../watchAge.js';
import { watchSilence } from '../watchSilence.js';
import { EventStreamEndedError } from './errors.js';
import type { EventStreamMessage, EventStreamSession, Settings } from './options.js';
import { createParser } from './parser.js';

/** One day in milliseconds. */
const MAX_RETRY_MS = 86_400_000;

/** The position of a stream, which outlives it. */
export interface Cursor {
  /** The id of the last handled event. */
  lastEventId: string;
  /** The server's `retry:` in milliseconds. */
  retryMs: number | undefined;
}

/**
 * An open event stream. It reads ahead of `onMessage`, so that it notices the end of the stream even during a slow
 * handler.
 */
export class EventStream {
  readonly inbox: Inbox<EventStreamMessage, EventStreamSession>;
  readonly ended: Promise<ConnectionEnd>;
  /** The id after which the server was asked to continue. */
  readonly after: string;
  readonly #abort: () => void;
  #end!: (end: ConnectionEnd) => void;
  #stops: (() => void)[] = [];
  #signs = 0;
  #isPaused = false;

  /** @param abort aborts the request, and so closes its socket */
  constructor(
    body: ReadableStream<Uint8Array>,
    settings: Settings,
    cursor: Cursor,
    after: string,
    abort: () => void,
  ) {
    const { clock, silenceMs, maxAgeMs } = settings;
    this.inbox = new Inbox(settings);
    this.ended = new Promise((resolve) => (this.#end = resolve));
    this.after = after;
    this.#abort = abort;
    const onSilence = () => this.#finish({ error: new SilenceError(silenceMs, false) });
    // While nothing is read, nothing can arrive.
    const signs = () => (this.#isPaused ? ++this.#signs : this.#signs);
    this.#stops.push(watchSilence({ clock, silenceMs, signs, onSilence }));
    if (maxAgeMs !== undefined) {
      this.#stops.push(watchAge({ ...settings, maxAgeMs, onAge: () => this.#finish({}) }));
    }
    void this.#read(body.getReader(), settings, cursor).then(
      () => this.#finish({ error: new EventStreamEndedError() }),
      (error: unknown) => this.#finish({ error }),
    );
  }

  /** Aborts the request and releases everything. */
  close(): void {
    this.#finish({});
    this.inbox.close();
  }

  async #read(
    reader: ReadableStreamDefaultReader<Uint8Array>,
    { maxEventLength, readAheadBytes }: Settings,
    cursor: Cursor,
  ): Promise<void> {
    let taken = { id: '' };
    const parse = createParser({
      maxEventLength,
      lastEventId: this.after,
      // A faulty server must not silence a client for a year.
      onRetry: (delayMs) => (cursor.retryMs = Math.min(delayMs, MAX_RETRY_MS)),
      onBlock: ({ type, data, lastEventId }) => {
        // An id without data counts when the previous event has been handled.
        if (data === undefined) {
          if (this.inbox.size === 0) cursor.lastEventId = lastEventId;
          else taken.id = lastEventId;
          return;
        }
        const mark = { id: lastEventId };
        taken = mark;
        const done = () => (cursor.lastEventId = mark.id);
        this.inbox.take({ type, data, lastEventId }, { done });
      },
    });
    const decoder = new TextDecoder();
    let unread = 0;
    for (;;) {
      const { done, value } = await readFrom(reader);
      if (done) return;
      this.#signs += 1;
      unread += value.byteLength;
      parse(decoder.decode(value, { stream: true }));
      if (this.inbox.size === 0) unread = 0;
      else if (unread > readAheadBytes) {
        this.#isPaused = true;
        await this.inbox.drained();
        this.#isPaused = false;
        unread = 0;
      }
    }
  }

  #finish(end: ConnectionEnd): void {
    for (const stop of this.#stops.splice(0)) stop();
    this.#end({ ...end, drained: this.inbox.drained() });
    this.#abort();
  }
}

async function readFrom(
  reader: ReadableStreamDefaultReader<Uint8Array>,
): Promise<{ done: true; value?: unknown } | { done: false; value: Uint8Array }> {
  try {
    return await reader.read();
  } catch (error) {
    throw new EventStreamEndedError(error);
  }
}
