// Why: docs/decisions/0057-what-was-sent-goes-out.md
import { InvalidOptionError, kindOf } from '../../core/errors.js';
import { closeCodeRow } from './closeCodes.js';
import { WebSocketClosedError } from './errors.js';
import { nodeSide } from './nodeSide.js';
import type { ReceivedClose } from './socketLike.js';

const MAX_REASON_BYTES = 123;

/** How a WebSocket ended. */
export interface WebSocketClose extends ReceivedClose {
  /**
   * The error with which the messages end: undefined when the server, or your code, ended the session in an orderly
   * way.
   */
  readonly error: Error | undefined;
}

/** Decides whether a close is an orderly end: by the server's code, or because this side requested it. */
export function classifyClose(
  { code: receivedCode, reason, wasClean }: ReceivedClose,
  requestedCode: number | undefined,
  socketError: unknown,
  failure: Error | undefined,
): WebSocketClose {
  const code = receivedCode === 1006 ? nodeSide.localCloseCode(socketError) : receivedCode;
  const isOurs = requestedCode !== undefined && (code === requestedCode || code === 1006);
  const isEnd = isOurs || closeCodeRow(code)?.verdict === 'continue';
  const error = isEnd ? undefined : new WebSocketClosedError(code, reason, wasClean, socketError);
  return { code, reason, wasClean, error: failure ?? error };
}

/** The error for code that needs an open socket. */
export function closeErrorOf({ code, reason, wasClean, error }: WebSocketClose): Error {
  return error ?? new WebSocketClosedError(code, reason, wasClean);
}

/** Returns the code if a client may close with it: browsers allow no other. */
export function checkCloseCode(option: string, code: unknown): number {
  const isPrivate = Number.isInteger(code) && (code as number) >= 3000 && (code as number) <= 4999;
  if (code === 1000 || isPrivate) return code as number;
  throw new InvalidOptionError(option, '1000 or an integer from 3000 to 4999', code);
}

/** Returns the reason if it fits into a close frame. */
export function checkCloseReason(reason: unknown): string {
  if (typeof reason === 'string' && new TextEncoder().encode(reason).length <= MAX_REASON_BYTES) {
    return reason;
  }
  const expected = `a string of at most ${MAX_REASON_BYTES} bytes`;
  throw new InvalidOptionError('reason', expected, reason, kindOf(reason));
}
