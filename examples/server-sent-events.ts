// Server-sent events that stay up: await run(serverSentEvents({ url, onSession, onMessage }))
import { createParser, type EventSourceMessage } from 'eventsource-parser';
import { Break, type Connector, fatal, retryable } from 'schmoozer';

type Link = { body: Response['body']; hangUp: AbortController };

export interface ServerSentEventsOptions {
  readonly url: string;
  readonly token?: () => string | Promise<string>; // asked at each attempt
  readonly silenceMs?: number; // a server that sends nothing for so long, no comment, is gone; default 45 000
  /** The server is asked to go on `after` the last id it gave; if it gave none there is a `gap`. */
  readonly onSession: (session: { epoch: number; gap: boolean; after: string }) => void;
  readonly onMessage: (message: EventSourceMessage & { epoch: number }) => void;
}

export function serverSentEvents(options: ServerSentEventsOptions): Connector<Link> {
  const { url, token, silenceMs = 45_000, onSession, onMessage } = options;
  let after = ''; // the last id
  let delayMs = 0; // what the server asked for in `retry:`
  return {
    async connect({ signal }) {
      const headers = new Headers({ accept: 'text/event-stream' });
      if (token) headers.set('authorization', `Bearer ${await token()}`);
      if (after !== '') headers.set('last-event-id', after);
      const hangUp = new AbortController();
      const either = AbortSignal.any([signal, hangUp.signal]);
      const { status, headers: answer, body } = await fetch(url, { headers, signal: either });
      const isStream =
        status === 200 && answer.get('content-type')?.startsWith('text/event-stream');
      if (isStream || status === 204) return { body, hangUp };
      hangUp.abort(); // nobody reads the body
      const error = new Error(`${url} answered ${status}, ${answer.get('content-type')}`);
      if (status < 500 && ![408, 425, 429].includes(status)) throw fatal(error);
      throw retryable(error, {
        delayMs: 1000 * (Number(answer.get('retry-after')) || 0),
      });
    },
    async run({ body, hangUp }, { signal, epoch }) {
      if (body === null) return Break(); // 204, the standard's word for: do not come back
      onSession({ epoch, gap: epoch > 1 && after === '', after });
      signal.addEventListener('abort', () => hangUp.abort(signal.reason));
      const silence = setTimeout(
        () => hangUp.abort(new Error('the server fell silent')),
        silenceMs,
      );
      hangUp.signal.addEventListener('abort', () => clearTimeout(silence));
      const onEvent = (event: EventSourceMessage) => {
        onMessage({ ...event, epoch });
        after = event.id ?? after;
      };
      const parser = createParser({ onEvent, onRetry: (ms) => (delayMs = ms) });
      for await (const text of body.pipeThrough(new TextDecoderStream())) {
        silence.refresh();
        parser.feed(text);
      }
      throw retryable(new Error('the server ended the stream'), { delayMs });
    },
    disconnect: ({ hangUp }) => hangUp.abort(),
  };
}
