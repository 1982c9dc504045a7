import type { AnyConnector, ErrorFacts } from '../core/connector.js';

type IsRetryable = NonNullable<AnyConnector['isRetryable']>;

/**
 * A connector's `isRetryable`: what the user's answers, else what the connector's own table does. What that refuses is
 * permanent: one odd answer must not end a link that has worked.
 */
export function isRetryableBy(
  table: (error: unknown, facts: ErrorFacts) => boolean,
  own: IsRetryable | undefined,
): IsRetryable {
  return (error, facts) => own?.(error, facts) ?? (table(error, facts) || 'permanent');
}
