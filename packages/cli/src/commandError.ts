import type { Target } from './parseTarget.js';

/** An error that the command itself detects; `hint` says how to fix it. */
export class CommandError extends Error {
  constructor(
    readonly code:
      | 'ERR_INPUT'
      | 'ERR_NO_INPUT'
      | 'ERR_OUTPUT'
      | 'ERR_OUTPUT_STUCK'
      | 'ERR_PROXY'
      | 'ERR_TLS_EXPECTED'
      | 'ERR_TOO_LONG',
    message: string,
    readonly hint: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'CommandError';
  }
}

/** A line or message is longer than `--max-message` allows. */
export function tooLong(what: string, maxBytes: number): CommandError {
  return new CommandError(
    'ERR_TOO_LONG',
    `a ${what} is longer than ${maxBytes} bytes`,
    'allow longer ones with --max-message, up to 1GiB',
  );
}

/** Reading stdin or writing to stdout failed; a `CommandError` is returned unchanged. */
export function streamFailed(code: 'ERR_INPUT' | 'ERR_OUTPUT', cause: Error): CommandError {
  if (cause instanceof CommandError) return cause;
  const what = code === 'ERR_INPUT' ? 'reading stdin' : 'writing to stdout';
  const isUnreadable = code === 'ERR_INPUT' && (cause as NodeJS.ErrnoException).code === 'EBADF';
  const hint = isUnreadable ? NO_STDIN : 'check where it is redirected';
  return new CommandError(code, `${what} failed: ${cause.message}`, hint, { cause });
}

/** nohup opens stdin for writing only. It ignores SIGHUP, but Node handles that signal anyway. */
const NO_STDIN =
  'nohup leaves no stdin to read: use --no-stdin, and setsid in place of nohup, to outlive the terminal';

/** Stdin ended at once, as it does for services and cron jobs. */
export function noInput(): CommandError {
  return new CommandError(
    'ERR_NO_INPUT',
    'stdin ended before its first line',
    'to receive only, use --no-stdin',
  );
}

/** Stdout was not read before the command had to end. */
export function outputStuck(): CommandError {
  return new CommandError(
    'ERR_OUTPUT_STUCK',
    'stdout was not read in time, and the last received data is lost',
    'check where it is redirected',
  );
}

/** The proxy did not connect to the server. */
export function proxyFailed(cause: Error): CommandError {
  return new CommandError(
    'ERR_PROXY',
    `the proxy failed: ${cause.message}`,
    'check --proxy, its user and password, and that it may reach the server',
    { cause },
  );
}

/** A TLS server was addressed by a scheme without TLS. */
export function tlsExpected({ scheme }: Target): CommandError {
  const secure = scheme === 'ws' ? 'wss' : 'tls';
  return new CommandError(
    'ERR_TLS_EXPECTED',
    'the server speaks TLS',
    `use ${secure}:// in place of ${scheme}://`,
  );
}
