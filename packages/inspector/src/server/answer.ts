import type { ServerResponse } from 'node:http';
import { pipeline, Readable } from 'node:stream';
import type { Verdict } from './door.js';
import { fileAt, headers } from './files.js';
import type { History } from './history.js';
import { recordingOf } from './recording.js';

/** Plain HTTP: the page itself, and whether a token is valid; everything else uses the WebSocket. */
export function answer(response: ServerResponse, verdict: Verdict, history: History): void {
  const send = (status: number, type: string, content: string | Buffer) => {
    response.writeHead(status, { ...headers, 'content-type': type }).end(content);
  };
  const say = (status: number, text: string) =>
    send(status, 'text/plain; charset=utf-8', `${text}\n`);
  switch (verdict.as) {
    case 'refused':
      // Further requests on this connection are not awaited.
      response.setHeader('connection', 'close');
      return say(verdict.status, verdict.text);
    case 'token':
      return say(200, 'good');
    case 'recording': {
      const disposition = 'attachment; filename="recording.ndjson"';
      response.writeHead(200, {
        ...headers,
        'content-type': 'application/x-ndjson; charset=utf-8',
        'content-disposition': disposition,
      });
      // Line by line, so that a slow reader does not hold a copy. A reader that disconnects is not an error.
      pipeline(Readable.from(recordingOf(history)), response, () => {});
      return;
    }
    case 'file': {
      const file = fileAt(verdict.path);
      return file ? send(200, file.type, file.content) : say(404, 'not found');
    }
    default:
      return say(426, 'a WebSocket is needed');
  }
}
