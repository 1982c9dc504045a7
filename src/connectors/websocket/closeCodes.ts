/** What follows when the server closes with a code, and where the code is defined. */
export interface CloseCodeRow {
  readonly code: number;
  readonly meaning: string;
  /** `continue` ends the messages without an error. */
  readonly verdict: 'continue' | 'retryable' | 'fatal';
  /** Why this verdict. */
  readonly reason: string;
  /** Where the code is defined. */
  readonly source: string;
  /** Bounds of the next delay's floor in milliseconds, so that not all come back at once. */
  readonly spreadMs?: readonly [min: number, max: number];
}

const RFC = 'RFC 6455, 7.4.1';
const IANA = 'IANA, WebSocket Close Code Number';
const GRAPHQL = 'private use; 4000 + HTTP status, as in graphql-ws';

/** RFC 6455, 7.2.3 and the meaning of 1012: a client comes back after 5 to 30 seconds, by chance. */
const SPREAD_MS = [5000, 30_000] as const;

/** The one place that sorts close codes; docs/websocket.md shows it. A code that is not here is retryable. */
export const closeCodes: readonly CloseCodeRow[] = [
  row(1000, 'normal closure', 'continue', 'the server has ended the session', RFC),
  row(1001, 'going away', 'continue', 'the server is shutting down; another takes over', RFC),
  row(1002, 'protocol error', 'retryable', 'a fresh connection starts with a clean parser', RFC),
  row(1003, 'unsupported data', 'fatal', 'this kind of data will never be taken', RFC),
  row(1005, 'no status received', 'continue', 'closed in order, without a code', RFC),
  row(1006, 'abnormal closure', 'retryable', 'the connection was lost', RFC),
  row(1007, 'invalid payload', 'retryable', 'one message was damaged; the next may not be', RFC),
  row(1008, 'policy violation', 'fatal', 'the server refuses this client', RFC),
  row(1009, 'message too big', 'fatal', 'the same message would be refused again', RFC),
  row(1010, 'mandatory extension', 'fatal', 'the two sides do not fit', RFC),
  row(
    1011,
    'internal error',
    'retryable',
    'the server failed; it may be mended',
    `${RFC}; ${IANA}`,
  ),
  { ...row(1012, 'service restart', 'retryable', 'it is back soon', IANA), spreadMs: SPREAD_MS },
  { ...row(1013, 'try again later', 'retryable', 'it is overloaded', IANA), spreadMs: SPREAD_MS },
  row(1014, 'bad gateway', 'retryable', 'a gateway lost the server behind it', IANA),
  row(1015, 'TLS handshake', 'retryable', 'it is not said which failure it was', RFC),
  row(3000, 'unauthorized', 'fatal', 'the credentials are refused', IANA),
  row(3003, 'forbidden', 'fatal', 'the credentials do not allow this', IANA),
  row(3008, 'timeout', 'retryable', 'the server did not hear from this client', IANA),
  row(4400, 'bad request', 'fatal', 'the server does not understand this client', GRAPHQL),
  row(4401, 'unauthorized', 'fatal', 'the credentials are refused', GRAPHQL),
  row(4403, 'forbidden', 'fatal', 'the credentials do not allow this', GRAPHQL),
  row(4406, 'subprotocol not acceptable', 'fatal', 'the two sides do not fit', GRAPHQL),
];

function row(
  code: number,
  meaning: string,
  verdict: CloseCodeRow['verdict'],
  reason: string,
  source: string,
): CloseCodeRow {
  return { code, meaning, verdict, reason, source };
}

const rows = new Map(closeCodes.map((one) => [one.code, one]));

export function closeCodeRow(code: number): CloseCodeRow | undefined {
  return rows.get(code);
}
