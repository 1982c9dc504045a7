import { SchmoozerError } from '../core/errors.js';

/** `maxQueued` attempts already wait for a permit. */
export class QueueFullError extends SchmoozerError<'ERR_QUEUE_FULL'> {
  override readonly name = 'QueueFullError';

  constructor(/** The value of `maxQueued`. */ readonly maxQueued: number) {
    super('ERR_QUEUE_FULL', `${maxQueued} attempts wait for a permit already`);
  }
}
