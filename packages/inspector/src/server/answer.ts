import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Access, hasToken, isOwnHost } from './access.js';
import { headers, sendFile } from './files.js';

/** Plain HTTP: the page itself and whether a token is good; the rest goes over the WebSocket. */
export async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  access: Access,
): Promise<void> {
  const say = (status: number, text: string) =>
    response
      .writeHead(status, { ...headers, 'content-type': 'text/plain; charset=utf-8' })
      .end(`${text}\n`);

  if (!isOwnHost(request, access)) return void say(421, 'this server answers to loopback only');
  if (request.method !== 'GET' && request.method !== 'HEAD') return void say(405, 'GET only');
  let url: URL;
  try {
    url = new URL(request.url ?? '/', 'http://loopback');
  } catch {
    return void say(400, 'this is no path');
  }
  const isSecret = url.pathname === '/' || url.pathname === '/token';
  if (isSecret && !hasToken(url, access)) {
    return void say(401, 'A token is needed: open the address that schmoozer-inspector printed.');
  }
  if (url.pathname === '/token') return void say(200, 'good');
  await sendFile(response, url.pathname === '/' ? '/index.html' : url.pathname);
}
