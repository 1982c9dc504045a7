import { SchmoozerError } from '../core/errors.js';

/** The peer sent nothing for `silenceMs`: the connection may be dead without any socket event. */
export class SilenceError extends SchmoozerError<'ERR_SILENCE'> {
  override readonly name = 'SilenceError';

  constructor(
    /** The value of `silenceMs`, in milliseconds. */
    readonly silenceMs: number,
    /** True if `run` was behind, so that nothing more was read from the connection. */
    readonly wasPaused: boolean,
  ) {
    const why = wasPaused ? ', because `run` has not read the waiting data' : '';
    super('ERR_SILENCE', `no sign of life for ${silenceMs} ms (\`silenceMs\`)${why}`);
  }
}
