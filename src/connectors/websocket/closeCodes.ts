// Why: docs/decisions/0011-close-codes.md
/** The consequence of a close code of the server. */
export interface CloseCodeRow {
  readonly meaning: string;
  /**
   * `continue` ends the messages without an error. A code without a verdict is transient, like a code without a row.
   */
  readonly verdict?: 'continue' | 'permanent';
  /** Bounds of the next delay's minimum in milliseconds, so that not all clients reconnect at once. */
  readonly spreadMs?: readonly [min: number, max: number];
}

/** RFC 6455, 7.2.3 and the definition of 1012: a client reconnects after a random delay of 5 to 30 seconds. */
const SPREAD_MS = [5000, 30_000] as const;

/**
 * The one place that classifies close codes; `explain/webSocketReasons.ts` gives the reasons, and docs/websocket.md
 * shows both.
 */
export const closeCodes = {
  1000: { meaning: 'normal closure', verdict: 'continue' },
  1001: { meaning: 'going away', verdict: 'continue' },
  1002: { meaning: 'protocol error' },
  1003: { meaning: 'unsupported data', verdict: 'permanent' },
  1005: { meaning: 'no status received', verdict: 'continue' },
  1006: { meaning: 'abnormal closure' },
  1007: { meaning: 'invalid payload' },
  1008: { meaning: 'policy violation', verdict: 'permanent' },
  1009: { meaning: 'message too big', verdict: 'permanent' },
  1010: { meaning: 'mandatory extension', verdict: 'permanent' },
  1011: { meaning: 'internal error' },
  1012: { meaning: 'service restart', spreadMs: SPREAD_MS },
  1013: { meaning: 'try again later', spreadMs: SPREAD_MS },
  1014: { meaning: 'bad gateway' },
  1015: { meaning: 'TLS handshake' },
  3000: { meaning: 'unauthorized', verdict: 'permanent' },
  3003: { meaning: 'forbidden', verdict: 'permanent' },
  3008: { meaning: 'timeout' },
  4400: { meaning: 'bad request', verdict: 'permanent' },
  4401: { meaning: 'unauthorized', verdict: 'permanent' },
  4403: { meaning: 'forbidden', verdict: 'permanent' },
  4406: { meaning: 'subprotocol not acceptable', verdict: 'permanent' },
} as const satisfies Readonly<Record<number, CloseCodeRow>>;

export type CloseCode = keyof typeof closeCodes;

export function closeCodeRow(code: number): CloseCodeRow | undefined {
  return (closeCodes as Readonly<Record<number, CloseCodeRow>>)[code];
}
