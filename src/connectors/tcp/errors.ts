import type { Duplex } from 'node:stream';
import { SchmoozerError } from '../../core/errors.js';

/** A line was longer than `maxLineBytes`; of what follows nothing has been read. */
export class LineTooLongError extends SchmoozerError<'ERR_LINE_TOO_LONG'> {
  override readonly name = 'LineTooLongError';

  constructor(/** The value of `maxLineBytes`, in bytes. */ readonly maxLineBytes: number) {
    super('ERR_LINE_TOO_LONG', `a line was longer than \`maxLineBytes\` (${maxLineBytes})`);
  }
}

/** More than `readAheadBytes` waited to be read, and `onOverflow` is `'end'`. */
export class ReadOverflowError extends SchmoozerError<'ERR_READ_OVERFLOW'> {
  override readonly name = 'ReadOverflowError';

  constructor(/** The value of `readAheadBytes`, in bytes. */ readonly readAheadBytes: number) {
    super(
      'ERR_READ_OVERFLOW',
      `more than ${readAheadBytes} bytes wait to be read: read faster, or raise \`readAheadBytes\``,
    );
  }
}

/** The socket was ended or has closed, and nothing says why: nothing more can be written. */
export class SocketClosedError extends SchmoozerError<'ERR_SOCKET_CLOSED'> {
  override readonly name = 'SocketClosedError';

  constructor() {
    super('ERR_SOCKET_CLOSED', 'the socket was closed');
  }
}

/** What to throw at those who need an open socket. */
export function closeErrorOf(socket: Duplex): Error {
  return failureOf(socket) ?? new SocketClosedError();
}

/**
 * What broke a socket; undefined for an end in order, and for one that was destroyed without an error: from version 22
 * on Node then calls what was being written cancelled.
 */
export function failureOf(socket: Duplex): Error | undefined {
  const errored: NodeJS.ErrnoException | null = socket.errored;
  return errored === null || errored.code === 'ECANCELED' ? undefined : errored;
}
