import { SchmoozerError } from '../../core/errors.js';

/** A link was to be added to a group that stops, or has stopped. */
export class GroupStoppedError extends SchmoozerError<'ERR_GROUP_STOPPED'> {
  override readonly name = 'GroupStoppedError';

  constructor() {
    super('ERR_GROUP_STOPPED', 'the group has been stopped: no link can be added');
  }
}
