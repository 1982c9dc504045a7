import { SchmoozerError } from '../../core/errors.js';

/** Messages arrived faster than `onMessage` handled them, and the server cannot be slowed down. */
export class MessageBacklogError extends SchmoozerError<'ERR_MESSAGE_BACKLOG'> {
  override readonly name = 'MessageBacklogError';

  constructor(/** The value of `maxWaiting`. */ readonly maxWaiting: number) {
    super(
      'ERR_MESSAGE_BACKLOG',
      `more than ${maxWaiting} messages wait: handle them faster, or raise \`maxInFlight\` or \`maxWaiting\``,
    );
  }
}

/**
 * A message was delivered too often without an acknowledgement, usually because `onMessage` was interrupted (a crash, a
 * lost connection). `onMessage` is not called again.
 */
export class PoisonMessageError extends SchmoozerError<'ERR_POISON_MESSAGE'> {
  override readonly name = 'PoisonMessageError';

  constructor(/** How often the message was delivered again. */ readonly redeliveries: number) {
    super(
      'ERR_POISON_MESSAGE',
      `the message was delivered ${redeliveries + 1} times and never acknowledged: it is put aside`,
    );
  }
}
