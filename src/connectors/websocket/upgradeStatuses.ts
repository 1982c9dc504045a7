/**
 * What follows when the server answers the upgrade with an HTTP status (RFC 9110, 15; RFC 6585), which only
 * `ws` reports. A class such as `4xx` is for those without a row; `explain/webSocketReasons.ts` says why,
 * and docs/websocket.md shows both.
 */
export const upgradeStatuses = {
  101: 'fatal',
  '2xx': 'fatal',
  '3xx': 'fatal',
  401: 'fatal',
  403: 'fatal',
  404: 'fatal',
  408: 'retryable',
  421: 'retryable',
  425: 'retryable',
  426: 'fatal',
  429: 'retryable',
  '4xx': 'fatal',
  501: 'fatal',
  505: 'fatal',
  '5xx': 'retryable',
} as const;

export type UpgradeStatus = keyof typeof upgradeStatuses;

/** The status's own row, else that of its class. */
export function upgradeStatusOf(status: number): UpgradeStatus | undefined {
  const rows = [status, `${String(status)[0]}xx`];
  return rows.find((row): row is UpgradeStatus => Object.hasOwn(upgradeStatuses, row));
}
