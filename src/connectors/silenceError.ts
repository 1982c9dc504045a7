import { SchmoozerError } from '../core/errors.js';

/** Nothing came in from the peer for `silenceMs`: the connection may be dead, and no socket would tell. */
export class SilenceError extends SchmoozerError<'ERR_SILENCE'> {
  override readonly name = 'SilenceError';

  constructor(
    /** The value of `silenceMs`, in milliseconds. */
    readonly silenceMs: number,
    /** Whether `run` was behind, so that nothing more was read from the connection. */
    readonly wasPaused: boolean,
  ) {
    const why = wasPaused ? ', for `run` has not read what waits' : '';
    super('ERR_SILENCE', `no sign of life for ${silenceMs} ms (\`silenceMs\`)${why}`);
  }
}
