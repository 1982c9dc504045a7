import { InvalidOptionError } from '../../core/errors.js';
import type { WebSocketData } from './socketLike.js';

/** What can be sent, of whatever realm: an iframe's and a test runner's classes are not those of here. */
const SENDABLE = /^\[object (ArrayBuffer|Blob|File)\]$/;

/** The data, when a WebSocket can send them; shared memory may change meanwhile. */
export function checkData(option: string, data: unknown): WebSocketData {
  const body = ArrayBuffer.isView(data) ? data.buffer : data;
  if (typeof data === 'string' || SENDABLE.test(Object.prototype.toString.call(body))) {
    return data as WebSocketData;
  }
  const expected = 'a string, an ArrayBuffer, a view of one, or a Blob';
  throw new InvalidOptionError(option, expected, data);
}
