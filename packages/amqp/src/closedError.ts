import { AmqpClosedError, AmqpDeliveryTimeoutError } from './errors.js';

/** The client's message for a close: `406 (PRECONDITION-FAILED) with message "…"`. */
const WORDING = /\b(\d{3}) \([A-Z-]+\) with message "(.*)"$/s;

/** Returns the typed error of a close by the broker; any other error unchanged. */
export function closedError(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof AmqpClosedError) return error;
  const [, code, text] = WORDING.exec(error.message) ?? [];
  return code === undefined || text === undefined ? error : closedBy(Number(code), text, error);
}

/** @param cause the client's error */
export function closedBy(code: number, text: string, cause: unknown): AmqpClosedError {
  const isTimeout = code === 406 && /delivery acknowledgement .*timed out/s.test(text);
  return isTimeout
    ? new AmqpDeliveryTimeoutError(text, { cause })
    : new AmqpClosedError(code, text, { cause });
}
