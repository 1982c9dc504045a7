import { SchmoozerError } from '../../core/errors.js';

/** A link cannot be added because the group stops, or has stopped. */
export class GroupStoppedError extends SchmoozerError<'ERR_GROUP_STOPPED'> {
  override readonly name = 'GroupStoppedError';

  constructor() {
    super('ERR_GROUP_STOPPED', 'the group has been stopped: no link can be added');
  }
}
