/** What an owner may ask of the machine. */
export type ReconnectCommand =
  /** Ends in `stopped`, from anywhere; a second one changes nothing. */
  | { readonly type: 'stop'; readonly reason?: unknown }
  /** Running: drops the session and connects at once. Waiting: skips the wait. Connecting: ignored. */
  | { readonly type: 'reconnect'; readonly reason?: unknown };

/** Why a session ended. */
export type CloseCause = 'continue' | 'break' | 'retryable' | 'fatal' | 'reconnect' | 'stop';

/** What the machine tells of: listen with `actor.on(type, handler)`. */
export type ReconnectEmitted =
  | {
      readonly type: 'connection.opened';
      /** The session's number; the first is 1. */
      readonly epoch: number;
      /** Failed tries in a row before this one. */
      readonly attempt: number;
    }
  | {
      readonly type: 'connection.closed';
      readonly epoch: number;
      readonly cause: CloseCause;
      /** What `run` threw, or GracePeriodError when it did not settle in time. */
      readonly error?: unknown;
      /** What releasing the connection threw, or GracePeriodError when it did not settle in time. */
      readonly releaseError?: unknown;
    }
  | {
      readonly type: 'retry.scheduled';
      /** Failed tries in a row, the last one included. */
      readonly attempt: number;
      /** Milliseconds until the next try; `Infinity`: only a `reconnect` command ends the wait. */
      readonly delayMs: number;
      /** What the last try threw; absent after `Continue`. */
      readonly error?: unknown;
    };

/** How the loop ended. */
export type ReconnectOutput<TOutput = unknown> =
  /** `run` or `retryDelay` answered `Break(value)`. */
  | { readonly status: 'completed'; readonly value: TOutput }
  /** A fatal error, or a policy that gave up. */
  | { readonly status: 'failed'; readonly error: unknown }
  /** A `stop` command; `error` is what came up while draining. */
  | { readonly status: 'stopped'; readonly reason?: unknown; readonly error?: unknown };
