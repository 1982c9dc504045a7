/** One day: no server needs a longer delay, and a faulty one must not silence a client for a year. */
const MAX_RETRY_AFTER_MS = 86_400_000;

/**
 * The Retry-After of a response in milliseconds (RFC 9110, 10.2.3). A date is compared with the response's own Date,
 * because the clocks of the two sides may differ.
 */
export function retryAfterMs(
  headers: Readonly<Record<string, string | undefined>>,
): number | undefined {
  const text = headers['retry-after'];
  if (text === undefined) return undefined;
  const ms = /^\d+$/.test(text)
    ? Number(text) * 1000
    : Date.parse(text) - Date.parse(String(headers['date']));
  return ms >= 0 ? Math.min(ms, MAX_RETRY_AFTER_MS) : undefined;
}
