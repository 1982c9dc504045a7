import { Thrown } from '../core/thrown.js';
import type { DiagnosticsFailure } from './messages.js';

/** The facts of an error that may be shown. */
export function errorFacts(error: unknown): DiagnosticsFailure {
  const { name, message, code } = new Thrown(error);
  return { name, message, code };
}

/** Like `errorFacts`, for an error that may be absent. */
export function maybeFacts(error: unknown): DiagnosticsFailure | undefined {
  return error === undefined ? undefined : errorFacts(error);
}
