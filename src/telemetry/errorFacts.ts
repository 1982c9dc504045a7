import { Thrown } from '../core/thrown.js';
import type { DiagnosticsFailure } from './messages.js';

/** What may be known of an error. */
export function errorFacts(error: unknown): DiagnosticsFailure {
  const { name, message, code } = new Thrown(error);
  return { name, message, code };
}

/** The same of what may be none. */
export function maybeFacts(error: unknown): DiagnosticsFailure | undefined {
  return error === undefined ? undefined : errorFacts(error);
}
