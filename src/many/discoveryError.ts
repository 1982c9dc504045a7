import { SchmoozerError } from '../core/errors.js';

/** `discover` threw, was late, or found no endpoint, and there is no earlier list; `cause` is what it threw. */
export class DiscoveryError extends SchmoozerError<'ERR_DISCOVERY'> {
  override readonly name = 'DiscoveryError';

  constructor(message: string, options?: ErrorOptions) {
    super('ERR_DISCOVERY', message, options);
  }
}
