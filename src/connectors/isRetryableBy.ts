// Why: docs/decisions/0070-a-type-error-is-left-to-the-library.md
import type { AnyConnector, ErrorFacts } from '../core/connector.js';

type IsRetryable = NonNullable<AnyConnector['isRetryable']>;

/**
 * Combines the user's `isRetryable` with the connector's own table, which decides when the user's function returns
 * undefined. Errors that the table refuses are permanent, not fatal: one odd response must not end a link that has
 * worked. Errors that the table does not list are left to the library.
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
