import { Thrown } from '../core/thrown.js';
import type { DiagnosticsFailure } from './messages.js';

/** What may be known of an error. */
export function errorFacts(error: unknown): DiagnosticsFailure {
  const { name, message, code } = new Thrown(error);
  return { name, message, ...(code !== undefined && { code }) };
}

/** The same as a field, if there is an error. */
export function errorField(error: unknown): { readonly error?: DiagnosticsFailure } {
  return error === undefined ? {} : { error: errorFacts(error) };
}
