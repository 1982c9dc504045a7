import type { Target } from './parseTarget.js';

/** An error the command itself finds; `hint` says what to do about it. */
export class CommandError extends Error {
  constructor(
    readonly code: 'ERR_TOO_LONG' | 'ERR_TLS_EXPECTED' | 'ERR_INPUT' | 'ERR_OUTPUT',
    message: string,
    readonly hint: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'CommandError';
  }
}

/** Something is longer than `--max-message` allows. */
export function tooLong(what: string, maxBytes: number): CommandError {
  return new CommandError(
    'ERR_TOO_LONG',
    `a ${what} is longer than ${maxBytes} bytes`,
    'allow longer ones with --max-message, up to 1GiB',
  );
}

/** A TLS server behind a scheme without TLS. */
export function tlsExpected({ scheme }: Target): CommandError {
  const secure = scheme === 'ws' ? 'wss' : 'tls';
  return new CommandError(
    'ERR_TLS_EXPECTED',
    'the server speaks TLS',
    `use ${secure}:// in place of ${scheme}://`,
  );
}
