/** An error the command itself finds; `hint` says what to do about it. */
export class CommandError extends Error {
  constructor(
    readonly code: 'ERR_LINE_TOO_LONG' | 'ERR_TLS_EXPECTED' | 'ERR_INPUT' | 'ERR_OUTPUT',
    message: string,
    readonly hint: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'CommandError';
  }
}
