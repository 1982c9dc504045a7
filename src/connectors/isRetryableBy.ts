// Why: docs/decisions/0070-a-type-error-is-left-to-the-library.md
import type { AnyConnector, ErrorFacts } from '../core/connector.js';

type IsRetryable = NonNullable<AnyConnector['isRetryable']>;

/**
 * A connector's `isRetryable`: what the user's answers, else what the connector's own table does. What that refuses is
 * permanent: one odd answer must not end a link that has worked. What it does not know is left to the library.
 */
export function isRetryableBy(
  table: (error: unknown, facts: ErrorFacts) => boolean | undefined,
  own: IsRetryable | undefined,
): IsRetryable {
  const byTable: IsRetryable = (error, facts) => {
    const answer = table(error, facts);
    return answer === false ? 'permanent' : answer;
  };
  return (error, facts) => own?.(error, facts) ?? byTable(error, facts);
}
