/** How a client is started; without `delayMs` it goes by its own defaults. */
export interface ClientOptions {
  readonly port: number;
  /** Between two attempts, always the same. */
  readonly delayMs?: number;
  /** Called for each connection that is open, its handshake done. */
  readonly onUp?: () => void;
  /** Called for each attempt. */
  readonly onAttempt?: () => void;
}

/** Starts a client that lives as long as its process. */
export type StartClient = (options: ClientOptions) => unknown;
