/** One connection, as the command uses it. */
export interface Wire {
  /** Received data until the peer ends; throws the error that broke the connection. */
  readonly incoming: AsyncIterable<Buffer>;
  /** Maximum number of bytes of lines that are sent together; a single line may be longer. */
  readonly batchBytes: number;
  /** Sends lines, each with its end; resolves when the system has accepted them all. */
  send(lines: readonly Buffer[]): Promise<void>;
  /** Ends this side: nothing more will be sent. */
  end(): void;
}
