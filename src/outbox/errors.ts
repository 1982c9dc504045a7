import { SchmoozerError } from '../core/errors.js';
import { printable } from '../core/printable.js';

/** The outbox is full by `maxItems` or `maxBytes`, and `onFull` is `'reject'`. */
export class OutboxFullError extends SchmoozerError<'ERR_OUTBOX_FULL'> {
  override readonly name = 'OutboxFullError';

  constructor(
    /** Messages that are held. */
    readonly items: number,
    /** Their size, in bytes. */
    readonly bytes: number,
  ) {
    super('ERR_OUTBOX_FULL', `the outbox is full: it holds ${items} messages of ${bytes} bytes`);
  }
}

/** The outbox was closed. */
export class OutboxClosedError extends SchmoozerError<'ERR_OUTBOX_CLOSED'> {
  override readonly name = 'OutboxClosedError';

  constructor() {
    super('ERR_OUTBOX_CLOSED', 'the outbox was closed');
  }
}

/** The outbox already serves another connection: each link needs its own outbox. */
export class OutboxBusyError extends SchmoozerError<'ERR_OUTBOX_BUSY'> {
  override readonly name = 'OutboxBusyError';

  constructor() {
    super(
      'ERR_OUTBOX_BUSY',
      'the outbox already sends on another connection: use one for each link',
    );
  }
}

/** The store threw, was late, or returned something that is not a list of items; `cause` is what it threw. */
export class OutboxStoreError extends SchmoozerError<'ERR_OUTBOX_STORE'> {
  override readonly name = 'OutboxStoreError';

  constructor(
    /** The method that failed. */
    readonly method: 'load' | 'append' | 'remove' | 'close',
    what: string,
    options?: ErrorOptions,
  ) {
    super('ERR_OUTBOX_STORE', `\`${method}\` of the store ${printable(what)}`, options);
  }
}

/** No message was acknowledged for `ackTimeoutMs` while an acknowledgement was due: the session ends. */
export class AckTimeoutError extends SchmoozerError<'ERR_ACK_TIMEOUT'> {
  override readonly name = 'AckTimeoutError';

  constructor(/** The value of `ackTimeoutMs`, in milliseconds. */ readonly timeoutMs: number) {
    super(
      'ERR_ACK_TIMEOUT',
      `no message was acknowledged within ${timeoutMs} ms (\`ackTimeoutMs\`)`,
    );
  }
}
