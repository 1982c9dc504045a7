import { InvalidOptionError } from '../../core/errors.js';
import type { WebSocketData } from './socketLike.js';

/** Data that can be sent, from any realm: the classes of an iframe or a test runner differ from the classes here. */
const SENDABLE = /^\[object (ArrayBuffer|Blob|File)\]$/;

/** Returns the data if a WebSocket can send it. Shared memory is refused because it may change meanwhile. */
export function checkData(option: string, data: unknown): WebSocketData {
  const body = ArrayBuffer.isView(data) ? data.buffer : data;
  if (typeof data === 'string' || SENDABLE.test(Object.prototype.toString.call(body))) {
    return data as WebSocketData;
  }
  const expected = 'a string, an ArrayBuffer, a view of one, or a Blob';
  throw new InvalidOptionError(option, expected, data);
}
