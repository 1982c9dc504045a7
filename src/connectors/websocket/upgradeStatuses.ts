/**
 * The consequence of an HTTP status in answer to the upgrade (RFC 9110, 15; RFC 6585), which only `ws` reports. A class
 * such as `4xx` covers the statuses without a row; `explain/webSocketReasons.ts` gives the reasons, and
 * docs/websocket.md shows both.
 */
export const upgradeStatuses = {
  101: 'permanent',
  '2xx': 'permanent',
  '3xx': 'permanent',
  401: 'permanent',
  403: 'permanent',
  404: 'permanent',
  408: 'transient',
  421: 'transient',
  425: 'transient',
  426: 'permanent',
  429: 'transient',
  '4xx': 'permanent',
  501: 'permanent',
  505: 'permanent',
  '5xx': 'transient',
} as const;

export type UpgradeStatus = keyof typeof upgradeStatuses;

/** Returns the status's own row, else that of its class. */
export function upgradeStatusOf(status: number): UpgradeStatus | undefined {
  const rows = [status, `${String(status)[0]}xx`];
  return rows.find((row): row is UpgradeStatus => Object.hasOwn(upgradeStatuses, row));
}
