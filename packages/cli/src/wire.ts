/** One connection, as the command uses it. */
export interface Wire {
  /** What comes in, until the peer ends; throws what broke the connection. */
  readonly incoming: AsyncIterable<Buffer>;
  /** How many bytes of lines are sent together; one line may be longer. */
  readonly batchBytes: number;
  /** Sends lines, each with its end; resolves when the system has taken them all. */
  send(lines: readonly Buffer[]): Promise<void>;
  /** Says that nothing more will be sent. */
  end(): void;
}
