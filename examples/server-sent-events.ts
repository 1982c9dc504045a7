// Server-sent events that stay up: await run(serverSentEvents({ url, onSession, onMessage }))
import { once } from 'node:events';
import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import type { SecureContextOptions } from 'node:tls';
import { createParser, type EventSourceMessage } from 'eventsource-parser';
import { Break, type Connector, fatal, retryable } from 'schmoozer';
import { printable, showAddress } from 'schmoozer/explain';
import { isRetryableTcpError } from 'schmoozer/tcp';

export interface ServerSentEventsOptions {
  readonly url: string;
  readonly tls?: SecureContextOptions; // with https:// in the `url`
  readonly token?: () => string | Promise<string>; // asked at each attempt
  readonly silenceMs?: number; // a server that sends nothing for so long, no comment, is gone; default 45 000
  /** The server is asked to go on `after` the last id it gave; if it gave none there is a `gap`. */
  readonly onSession: (session: { epoch: number; gap: boolean; after: string }) => void;
  readonly onMessage: (message: EventSourceMessage & { epoch: number }) => void;
}

export function serverSentEvents(options: ServerSentEventsOptions): Connector<IncomingMessage> {
  const { url, tls, token, silenceMs = 45_000, onSession, onMessage } = options;
  if (!URL.canParse(url)) throw new TypeError(showAddress(url)); // Node's own error has all of it
  let after = ''; // the last id
  let delayMs = 0; // what the server asked for in `retry:`
  return {
    async connect({ signal }) {
      const headers: Record<string, string> = { accept: 'text/event-stream' };
      if (token) headers['authorization'] = `Bearer ${await token()}`;
      if (after !== '') headers['last-event-id'] = after;
      const { get } = url.startsWith('https:') ? https : http;
      const request = get(url, { ...tls, headers, signal, agent: false }); // no pool: the socket is ours
      request.on('error', () => {}); // after the answer, which fails as well
      const [answer] = (await once(request, 'response')) as [IncomingMessage];
      const { statusCode: status = 0, headers: told } = answer;
      const type = told['content-type'];
      if (status === 204 || (status === 200 && type?.startsWith('text/event-stream')))
        return answer;
      answer.destroy(); // nobody reads it
      const error = new Error(printable(`${url} answered ${status}, ${type}`));
      if (status < 500 && ![408, 425, 429].includes(status)) throw fatal(error);
      throw retryable(error, { delayMs: 1000 * (Number(told['retry-after']) || 0) });
    },
    async run(answer, { signal, epoch }) {
      if (answer.statusCode === 204) return Break(); // the standard's word for: do not come back
      onSession({ epoch, gap: epoch > 1 && after === '', after });
      signal.addEventListener('abort', () => answer.destroy(signal.reason as Error));
      answer.setTimeout(silenceMs, () => answer.destroy(new Error('the server fell silent')));
      const onEvent = (event: EventSourceMessage) => {
        onMessage({ ...event, epoch });
        after = event.id ?? after;
      };
      const parser = createParser({ onEvent, onRetry: (ms) => (delayMs = ms) });
      for await (const text of answer.setEncoding('utf8')) parser.feed(text as string);
      throw retryable(new Error('the server ended the stream'), { delayMs });
    },
    isRetryable: isRetryableTcpError,
    disconnect: (answer) => void answer.destroy(),
  };
}
