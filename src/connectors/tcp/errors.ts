import type { Duplex } from 'node:stream';
import { SchmoozerError } from '../../core/errors.js';

/**
 * A line was longer than `maxLineBytes`. Nothing is lost: another loop with a greater `maxLineBytes` begins with this
 * line.
 */
export class LineTooLongError extends SchmoozerError<'ERR_LINE_TOO_LONG'> {
  override readonly name = 'LineTooLongError';

  constructor(/** The value of `maxLineBytes`, in bytes. */ readonly maxLineBytes: number) {
    super('ERR_LINE_TOO_LONG', `a line was longer than \`maxLineBytes\` (${maxLineBytes})`);
  }
}

/** More than `readAheadBytes` of data waited to be read, and `onOverflow` is `'end'`. */
export class ReadOverflowError extends SchmoozerError<'ERR_READ_OVERFLOW'> {
  override readonly name = 'ReadOverflowError';

  constructor(/** The value of `readAheadBytes`, in bytes. */ readonly readAheadBytes: number) {
    super(
      'ERR_READ_OVERFLOW',
      `more than ${readAheadBytes} bytes wait to be read: read faster, or raise \`readAheadBytes\``,
    );
  }
}

/**
 * The socket was ended or has closed for an unknown reason: nothing more can be written. As a `releaseError`, its
 * message has the number of bytes that were not sent within `closeTimeoutMs`.
 */
export class SocketClosedError extends SchmoozerError<'ERR_SOCKET_CLOSED'> {
  override readonly name = 'SocketClosedError';

  constructor(what = 'the socket was closed') {
    super('ERR_SOCKET_CLOSED', what);
  }
}

/** The error for code that needs an open socket. */
export function closeErrorOf(socket: Duplex): Error {
  return failureOf(socket) ?? new SocketClosedError();
}

/**
 * The error that broke a socket; undefined after an orderly end, and for a socket that was destroyed without an error:
 * since version 22 Node then reports pending writes as cancelled.
 */
export function failureOf(socket: Duplex): Error | undefined {
  const errored: NodeJS.ErrnoException | null = socket.errored;
  return errored === null || errored.code === 'ECANCELED' ? undefined : errored;
}
