import { closeCodeRow } from './closeCodes.js';
import { WebSocketClosedError } from './errors.js';
import { localCloseCode } from './localCloseCode.js';

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
export function judgeClose(
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
