import { SchmoozerError } from '../../core/errors.js';

/** More than `readAheadBytes` waited to be read, and `onOverflow` is `'end'`. */
export class ReadOverflowError extends SchmoozerError<'ERR_READ_OVERFLOW'> {
  override readonly name = 'ReadOverflowError';

  constructor(readonly readAheadBytes: number) {
    super(
      'ERR_READ_OVERFLOW',
      `more than ${readAheadBytes} bytes wait to be read: read faster, or raise \`readAheadBytes\``,
    );
  }
}
