import { isRetryableTcpError } from 'schmoozer/tcp';
import { closedError } from './closedError.js';
import { AmqpClosedError } from './errors.js';

/**
 * Rows of a reply code, an optional pattern of its text, and whether another attempt may succeed: the first matching
 * row counts.
 */
const rows: readonly (readonly [code: number, text: RegExp | undefined, isRetryable: boolean])[] = [
  [403, /in exclusive use/, true],
  [403, undefined, false],
  [404, /is down or inaccessible|is stopped by supervisor/, true],
  [404, undefined, false],
  [406, /timed out|unknown delivery tag|limit .*is reached/, true],
  [406, undefined, false],
  [530, /limit .*is reached|is down/, true],
  [530, undefined, false],
  [540, undefined, false],
];

/**
 * True if another attempt may succeed, by the broker's reply code. False when the broker refuses the login or a
 * permission, does not have the virtual host, the queue or the exchange, or has a queue or an exchange of another type.
 * True when a queue is in exclusive use, a delivery timed out, a limit of connections is reached, or the broker closes
 * its connections. `isRetryableTcpError` decides on all other errors.
 *
 * @param error an error of this package, or one of amqplib
 * @returns undefined for a `TypeError` without a code, which the library classifies
 */
export function isRetryableAmqpError(
  error: unknown,
  facts?: Parameters<typeof isRetryableTcpError>[1],
): boolean | undefined {
  const closed = closedError(error);
  if (closed instanceof AmqpClosedError) {
    const { replyCode, replyText } = closed;
    const row = rows.find(([code, text]) => code === replyCode && text?.test(replyText) !== false);
    return row?.[2] ?? true;
  }
  const isRefused =
    error instanceof Error &&
    /^SASL mechanism .* is not provided by the server$/.test(error.message);
  return isRefused ? false : isRetryableTcpError(error, facts);
}
