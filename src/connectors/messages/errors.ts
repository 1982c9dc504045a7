import { SchmoozerError } from '../../core/errors.js';

/** Messages came faster than `onMessage` is done with them, and the server cannot be held back. */
export class MessageBacklogError extends SchmoozerError<'ERR_MESSAGE_BACKLOG'> {
  override readonly name = 'MessageBacklogError';

  constructor(readonly maxWaiting: number) {
    super(
      'ERR_MESSAGE_BACKLOG',
      `more than ${maxWaiting} messages wait: handle them faster, or raise \`maxInFlight\` or \`maxWaiting\``,
    );
  }
}
