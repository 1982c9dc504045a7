import { InvalidOptionError, kindOf } from '../../core/errors.js';
import { closeCodeRow } from './closeCodes.js';
import { isFoundByWs, WebSocketClosedError } from './errors.js';

const MAX_REASON_BYTES = 123;

/** What a WebSocket tells when it has closed. */
export interface ReceivedClose {
  readonly code: number;
  readonly reason: string;
  readonly wasClean: boolean;
}

/** How a WebSocket ended. */
export interface WebSocketClose extends ReceivedClose {
  /** What the messages end with: undefined when the server, or you, ended the session in order. */
  readonly error: Error | undefined;
}

/** Says whether a close is an end in order: by the server's code, or because it is what we asked for. */
export function classifyClose(
  { code: receivedCode, reason, wasClean }: ReceivedClose,
  requestedCode: number | undefined,
  socketError: unknown,
  failure: Error | undefined,
): WebSocketClose {
  const code = receivedCode === 1006 ? localCloseCode(socketError) : receivedCode;
  const isOurs = requestedCode !== undefined && (code === requestedCode || code === 1006);
  const isEnd = isOurs || closeCodeRow(code)?.verdict === 'continue';
  const error = isEnd ? undefined : new WebSocketClosedError(code, reason, wasClean, socketError);
  return { code, reason, wasClean, error: failure ?? error };
}

/** What to throw at those who need an open socket. */
export function closeErrorOf({ code, reason, wasClean, error }: WebSocketClose): Error {
  return error ?? new WebSocketClosedError(code, reason, wasClean);
}

/** The code, when a client may close with it: browsers allow no other. */
export function checkCloseCode(option: string, code: unknown): number {
  if (code === 1000 || (Number.isInteger(code) && isPrivate(code as number))) return code as number;
  throw new InvalidOptionError(option, '1000 or an integer from 3000 to 4999', code);
}

function isPrivate(code: number): boolean {
  return code >= 3000 && code <= 4999;
}

/** The reason, when it fits into a close frame. */
export function checkCloseReason(reason: unknown): string {
  if (typeof reason === 'string' && new TextEncoder().encode(reason).length <= MAX_REASON_BYTES) {
    return reason;
  }
  const expected = `a string of at most ${MAX_REASON_BYTES} bytes`;
  throw new InvalidOptionError('reason', expected, reason, kindOf(reason));
}

const codesOfWs: Readonly<Record<string, number>> = {
  WS_ERR_INVALID_UTF8: 1007,
  WS_ERR_TOO_MANY_BUFFERED_PARTS: 1008,
  WS_ERR_UNSUPPORTED_DATA_PAYLOAD_LENGTH: 1009,
  WS_ERR_UNSUPPORTED_MESSAGE_LENGTH: 1009,
};

/** The code with which `ws` itself closed because of this error; 1006 when it was not `ws` that closed. */
function localCloseCode(error: unknown): number {
  return isFoundByWs(error) ? (codesOfWs[error.code] ?? 1002) : 1006;
}
