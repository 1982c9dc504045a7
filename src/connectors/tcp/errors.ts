import { SchmoozerError } from '../../core/errors.js';

/** A line was longer than `maxLineBytes`; of what follows nothing has been read. */
export class LineTooLongError extends SchmoozerError<'ERR_LINE_TOO_LONG'> {
  override readonly name = 'LineTooLongError';

  constructor(readonly maxLineBytes: number) {
    super('ERR_LINE_TOO_LONG', `a line was longer than \`maxLineBytes\` (${maxLineBytes})`);
  }
}
