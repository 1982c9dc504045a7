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

/** Reading stdin or writing to stdout broke; a `CommandError` says so itself. */
export function streamFailed(code: 'ERR_INPUT' | 'ERR_OUTPUT', cause: Error): CommandError {
  if (cause instanceof CommandError) return cause;
  const what = code === 'ERR_INPUT' ? 'reading stdin' : 'writing to stdout';
  const options = { cause };
  return new CommandError(code, `${what} failed: ${cause.message}`, 'see where it leads', options);
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
