import { SchmoozerError } from '../../core/errors.js';

/** Another process, or another store of this one, has the file. */
export class OutboxLockedError extends SchmoozerError<'ERR_OUTBOX_LOCKED'> {
  override readonly name = 'OutboxLockedError';

  constructor(
    /** The file. */
    readonly path: string,
    /** The process that has it. */
    readonly pid: number,
  ) {
    super('ERR_OUTBOX_LOCKED', `${path} is in use by process ${pid}`);
  }
}

/** The file is no log of an outbox, or is damaged before its end; it was left as it is. */
export class OutboxDamagedError extends SchmoozerError<'ERR_OUTBOX_DAMAGED'> {
  override readonly name = 'OutboxDamagedError';

  constructor(
    /** The file. */
    readonly path: string,
    /** Where, in bytes from the start. */
    readonly offset: number,
  ) {
    super('ERR_OUTBOX_DAMAGED', `${path} is no log of an outbox, or damaged, at byte ${offset}`);
  }
}
