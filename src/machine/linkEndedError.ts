import { type ErrorCode, SchmoozerError } from '../core/errors.js';
import type { ReconnectOutput } from './vocabulary.js';

/** A connection was waited for, and the link has ended; `cause` is the error that it ended with, if there is one. */
export class LinkEndedError extends SchmoozerError<ErrorCode> {
  override readonly name = 'LinkEndedError';

  constructor(
    /** How it ended. */
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
