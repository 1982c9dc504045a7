/** What follows when the server closes with a code. */
export interface CloseCodeRow {
  readonly meaning: string;
  /** `continue` ends the messages without an error. */
  readonly verdict: 'continue' | 'retryable' | 'fatal';
  /** Bounds of the next delay's floor in milliseconds, so that not all come back at once. */
  readonly spreadMs?: readonly [min: number, max: number];
}

/** RFC 6455, 7.2.3 and the meaning of 1012: a client comes back after 5 to 30 seconds, by chance. */
const SPREAD_MS = [5000, 30_000] as const;

/**
 * The one place that sorts close codes; `explain/webSocketReasons.ts` says why, and docs/websocket.md
 * shows both. A code that is not here is retryable.
 */
export const closeCodes = {
  1000: { meaning: 'normal closure', verdict: 'continue' },
  1001: { meaning: 'going away', verdict: 'continue' },
  1002: { meaning: 'protocol error', verdict: 'retryable' },
  1003: { meaning: 'unsupported data', verdict: 'fatal' },
  1005: { meaning: 'no status received', verdict: 'continue' },
  1006: { meaning: 'abnormal closure', verdict: 'retryable' },
  1007: { meaning: 'invalid payload', verdict: 'retryable' },
  1008: { meaning: 'policy violation', verdict: 'fatal' },
  1009: { meaning: 'message too big', verdict: 'fatal' },
  1010: { meaning: 'mandatory extension', verdict: 'fatal' },
  1011: { meaning: 'internal error', verdict: 'retryable' },
  1012: { meaning: 'service restart', verdict: 'retryable', spreadMs: SPREAD_MS },
  1013: { meaning: 'try again later', verdict: 'retryable', spreadMs: SPREAD_MS },
  1014: { meaning: 'bad gateway', verdict: 'retryable' },
  1015: { meaning: 'TLS handshake', verdict: 'retryable' },
  3000: { meaning: 'unauthorized', verdict: 'fatal' },
  3003: { meaning: 'forbidden', verdict: 'fatal' },
  3008: { meaning: 'timeout', verdict: 'retryable' },
  4400: { meaning: 'bad request', verdict: 'fatal' },
  4401: { meaning: 'unauthorized', verdict: 'fatal' },
  4403: { meaning: 'forbidden', verdict: 'fatal' },
  4406: { meaning: 'subprotocol not acceptable', verdict: 'fatal' },
} as const satisfies Readonly<Record<number, CloseCodeRow>>;

export type CloseCode = keyof typeof closeCodes;

export function closeCodeRow(code: number): CloseCodeRow | undefined {
  return (closeCodes as Readonly<Record<number, CloseCodeRow>>)[code];
}
