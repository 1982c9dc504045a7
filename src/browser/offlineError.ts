import { SchmoozerError } from '../core/errors.js';

/** The browser is offline: `whileOnline` held a try back, or called one back; `cause` is what that one threw. */
export class OfflineError extends SchmoozerError<'ERR_OFFLINE'> {
  override readonly name = 'OfflineError';

  constructor(cause?: unknown) {
    super('ERR_OFFLINE', 'the browser is offline', cause === undefined ? undefined : { cause });
  }
}
