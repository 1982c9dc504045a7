/** What follows when the server answers the upgrade with an HTTP status; only `ws` tells it. */
export interface UpgradeStatusRow {
  /** A status, or a class such as `4xx` for those without a row. */
  readonly status: string;
  readonly verdict: 'retryable' | 'fatal';
  readonly reason: string;
}

/** The one place that sorts HTTP statuses (RFC 9110, 15; RFC 6585); docs/websocket.md shows it. */
export const upgradeStatuses: readonly UpgradeStatusRow[] = [
  row('101', 'fatal', 'the answer is not one to this upgrade: key, subprotocol or extension'),
  row('2xx', 'fatal', 'the server speaks HTTP here, not WebSocket'),
  row('3xx', 'fatal', 'the endpoint is elsewhere: `followRedirects` of `ws`, or another `url`'),
  row('401', 'fatal', 'the credentials are missing or refused'),
  row('403', 'fatal', 'the credentials, or the origin, do not allow this'),
  row('404', 'fatal', 'nothing is at this path'),
  row('408', 'retryable', 'the server did not get the request in time'),
  row('421', 'retryable', 'the request went to the wrong server'),
  row('425', 'retryable', 'too early'),
  row('426', 'fatal', 'the server wants another protocol, or another version of it'),
  row('429', 'retryable', 'too many requests'),
  row('4xx', 'fatal', 'the server refuses this request'),
  row('501', 'fatal', 'the server cannot do this'),
  row('505', 'fatal', 'the server speaks another version of HTTP'),
  row('5xx', 'retryable', 'the server, or a gateway before it, has failed for now'),
];

function row(
  status: string,
  verdict: UpgradeStatusRow['verdict'],
  reason: string,
): UpgradeStatusRow {
  return { status, verdict, reason };
}

const rows = new Map(upgradeStatuses.map((one) => [one.status, one]));

/** The status's own row, else that of its class. */
export function upgradeStatusRow(status: number): UpgradeStatusRow | undefined {
  return rows.get(String(status)) ?? rows.get(`${String(status)[0]}xx`);
}
