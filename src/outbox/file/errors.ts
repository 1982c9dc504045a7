import { SchmoozerError } from '../../core/errors.js';

/** Another process, or another store of this process, uses the file. */
export class OutboxLockedError extends SchmoozerError<'ERR_OUTBOX_LOCKED'> {
  override readonly name = 'OutboxLockedError';

  constructor(
    /** The file. */
    readonly path: string,
    /** The process that uses it. */
    readonly pid: number,
  ) {
    super('ERR_OUTBOX_LOCKED', `${path} is in use by process ${pid}`);
  }
}

/** The file is not an outbox log, or is damaged before its end; it was not changed. */
export class OutboxDamagedError extends SchmoozerError<'ERR_OUTBOX_DAMAGED'> {
  override readonly name = 'OutboxDamagedError';

  constructor(
    /** The file. */
    readonly path: string,
    /** Position of the damage, in bytes from the start. */
    readonly offset: number,
  ) {
    super('ERR_OUTBOX_DAMAGED', `${path} is not an outbox log, or is damaged, at byte ${offset}`);
  }
}
