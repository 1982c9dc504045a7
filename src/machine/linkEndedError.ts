import { type ErrorCode, SchmoozerError } from '../core/errors.js';
import type { ReconnectOutput } from './vocabulary.js';

/**
 * The link ended while code waited for a connection; `cause` is the error with which the link ended, if there is one.
 */
export class LinkEndedError extends SchmoozerError<ErrorCode> {
  override readonly name = 'LinkEndedError';

  constructor(
    /** The output with which the link ended. */
    readonly output: ReconnectOutput,
  ) {
    const { status, error } = output as { status: string; error?: unknown };
    super(
      'ERR_LINK_ENDED',
      `the link has ended: ${status}`,
      error === undefined ? undefined : { cause: error },
    );
  }
}
