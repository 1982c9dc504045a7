import { InvalidOptionError } from '../../core/errors.js';

const MAX_REASON_BYTES = 123;

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
  throw new InvalidOptionError('reason', `a string of at most ${MAX_REASON_BYTES} bytes`, reason);
}
