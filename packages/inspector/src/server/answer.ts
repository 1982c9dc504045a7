import type { ServerResponse } from 'node:http';
import type { Verdict } from './door.js';
import { fileAt, headers } from './files.js';

/** Plain HTTP: the page itself and whether a token is good; the rest goes over the WebSocket. */
export function answer(response: ServerResponse, verdict: Verdict): void {
  const send = (status: number, type: string, content: string | Buffer) => {
    response.writeHead(status, { ...headers, 'content-type': type }).end(content);
  };
  const say = (status: number, text: string) =>
    send(status, 'text/plain; charset=utf-8', `${text}\n`);
  switch (verdict.as) {
    case 'refused':
      // Whatever else comes over this connection is not waited for.
      response.setHeader('connection', 'close');
      return say(verdict.status, verdict.text);
    case 'token':
      return say(200, 'good');
    case 'file': {
      const file = fileAt(verdict.path);
      return file ? send(200, file.type, file.content) : say(404, 'not found');
    }
    default:
      return say(426, 'a WebSocket is needed');
  }
}
