import type { ConnectionEnd } from '../../core/connector.js';
import { Inbox } from '../messages/inbox.js';
import { SilenceError } from '../silenceError.js';
import { watchAge } from '../watchAge.js';
import { watchSilence } from '../watchSilence.js';
import { EventStreamEndedError } from './errors.js';
import type { EventStreamMessage, EventStreamSession, Settings } from './options.js';
import { createParser } from './parser.js';

/** A day, in milliseconds. */
const MAX_RETRY_MS = 86_400_000;

/** What outlives a stream. */
export interface Cursor {
  /** Of the last event that was handled. */
  lastEventId: string;
  /** What the server asked for in `retry:`, in milliseconds. */
  retryMs: number | undefined;
}

/** An open event stream: reads ahead of `onMessage`, so that its end is seen whatever a handler does. */
export class EventStream {
  readonly inbox: Inbox<EventStreamMessage, EventStreamSession>;
  readonly ended: Promise<ConnectionEnd>;
  /** The id that the server was asked to go on after. */
  readonly after: string;
  readonly #abort: () => void;
  #end!: (end: ConnectionEnd) => void;
  #stops: (() => void)[] = [];
  #signs = 0;
  #isPaused = false;

  /** @param abort ends the request, and with it its socket */
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
    // While nothing is read, nothing can come.
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

  /** Ends the request; nothing of it is left. */
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
      // A server that errs should not silence a client for a year.
      onRetry: (delayMs) => (cursor.retryMs = Math.min(delayMs, MAX_RETRY_MS)),
      onBlock: ({ type, data, lastEventId }) => {
        // An id without data counts when the event before it is handled.
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
