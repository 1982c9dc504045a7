import { createHash } from 'node:crypto';

/** The Sec-WebSocket-Accept for a Sec-WebSocket-Key (RFC 6455, 4.2.2). */
export function acceptOf(key: string): string {
  const hash = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`);
  return hash.digest('base64');
}

/** The same for the key in the head of a request. */
export function acceptFor(request: string): string {
  return acceptOf(/^sec-websocket-key: (.*)$/im.exec(request)?.[1]?.trim() ?? '');
}
