// Server-sent events over Node's own sockets: await run(serverSentEvents({ url, tls, onSession, onMessage }))
import { once } from 'node:events';
import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import { Readable } from 'node:stream';
import type { SecureContextOptions } from 'node:tls';
import type { Connector } from 'schmoozer';
import { eventStream, type EventStreamOptions } from 'schmoozer/sse';

export interface ServerSentEventsOptions extends EventStreamOptions {
  readonly tls?: SecureContextOptions; // needs https:// in the `url`
}

/**
 * Often `eventStream` alone is enough. Use this because Node's `fetch` accepts no `ca`, and keeps a pool of
 * connections.
 */
export function serverSentEvents({ tls, ...options }: ServerSentEventsOptions): Connector<object> {
  return eventStream({ fetch: fetchOver(tls), ...options });
}

/** The required part of `fetch`: no pool, so that an abort destroys the socket; redirects are not followed. */
function fetchOver(tls: SecureContextOptions | undefined) {
  return async (url: string, { headers, signal }: RequestInit): Promise<Response> => {
    const { get } = url.startsWith('https:') ? https : http;
    const own = { headers: Object.fromEntries(new Headers(headers)), agent: false };
    const request = get(url, { ...tls, ...own, signal: signal as AbortSignal });
    request.on('error', () => {}); // after the response, which fails as well
    const [answer] = (await once(request, 'response')) as [IncomingMessage];
    const { statusCode: status = 0 } = answer;
    const told = Object.entries(answer.headers).map(([name, value]) => [name, String(value)]);
    const body = status === 204 ? null : (Readable.toWeb(answer) as ReadableStream<Uint8Array>);
    return new Response(body, { status, headers: told as [string, string][] });
  };
}
