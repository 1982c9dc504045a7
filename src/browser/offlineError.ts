import { SchmoozerError } from '../core/errors.js';

/**
 * The browser is offline: `whileOnline` held an attempt back or aborted it. `cause` is the error of an aborted attempt.
 */
export class OfflineError extends SchmoozerError<'ERR_OFFLINE'> {
  override readonly name = 'OfflineError';

  constructor(cause?: unknown) {
    super('ERR_OFFLINE', 'the browser is offline', cause === undefined ? undefined : { cause });
  }
}
